// Photos as phones make them, drawn in the browser and never kept.

// The marker of a block of an application's own data, and the most bytes of one.
const APP1 = 0xe1, COMMENT = 0xfe, MAX_BLOCK_BYTES = 65_533;
// What opens a JPEG.
const N_START_BYTES = 2;

// Draws a JPEG of coloured noise.
export async function jpeg(page, width, height) {
  const base64 = await page.evaluate(async ([width, height]) => {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    const words = new Uint32Array(image.data.buffer);
    // A generator of our own: the same photo each time.
    let seed = 12_345;
    for (let place = 0; place < words.length; place += 1) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      words[place] = seed | 0xff000000;
    }
    context.putImageData(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let place = 0; place < bytes.length; place += 32_768) text += String.fromCharCode(...bytes.subarray(place, place + 32_768));
    return btoa(text);
  }, [width, height]);
  return Buffer.from(base64, "base64");
}

// Adds what a phone adds: how it was held, where it was, and so much more that it has a size.
export function fromPhone(bytes, nBytes) {
  const blocks = [block(APP1, exif())];
  let room = nBytes - bytes.length - blocks[0].length;
  while (room > 4) {
    const size = Math.min(room - 4, MAX_BLOCK_BYTES);
    blocks.push(block(COMMENT, Buffer.alloc(size, "maker note ")));
    room -= size + 4;
  }
  return Buffer.concat([bytes.subarray(0, N_START_BYTES), ...blocks, bytes.subarray(N_START_BYTES)]);
}

function block(marker, data) {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

// Exif 2.3: a TIFF header, one directory with the orientation and a pointer to a directory with the
// latitude's reference.
function exif() {
  const tiff = Buffer.alloc(8 + 2 + 2 * 12 + 4 + 2 + 12 + 4);
  tiff.write("MM", 0, "latin1");
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(2, 8);
  entry(tiff, 10, 0x0112, 3, 1, 6 << 16);
  entry(tiff, 22, 0x8825, 4, 1, 38);
  tiff.writeUInt16BE(1, 38);
  entry(tiff, 40, 0x0001, 2, 2, 0x4e000000);
  return Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
}

function entry(tiff, at, tag, type, count, value) {
  tiff.writeUInt16BE(tag, at);
  tiff.writeUInt16BE(type, at + 2);
  tiff.writeUInt32BE(count, at + 4);
  tiff.writeUInt32BE(value, at + 8);
}
