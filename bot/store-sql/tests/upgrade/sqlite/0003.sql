UPDATE message SET wants = 'address' WHERE conversation = X'019DF2DC0A0070008000000000000004' AND seq = 2;
