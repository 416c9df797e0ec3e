UPDATE message SET wants = 'address' WHERE conversation = '019df2dc-0a00-7000-8000-000000000004' AND seq = 2;
