// Photos: made smaller before they are sent, and drawn without a URL, so that a host page's
// content security policy need not allow images.

// A photo that is larger than this, in bytes, is drawn anew at the size below.
const LARGE_BYTES = 1500000;
// The longest side that a photo is sent with, in pixels.
const MAX_SIDE = 2560;
// The longest side of a picture in the conversation, in pixels.
const SHOWN_SIDE = 480;
const JPEG_QUALITY = 0.85;

// Draws a picture so that neither side is longer than asked; fails where it is none.
async function drawn(blob, side) {
  const picture = await createImageBitmap(blob);
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = h("canvas", { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

// Makes a photo of a phone light enough for a slow connection; what cannot be drawn goes as it is.
async function lighter(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= LARGE_BYTES) return { blob: file, name: file.name };
  try {
    const canvas = await drawn(file, MAX_SIDE);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", JPEG_QUALITY));
    if (!blob || blob.size >= file.size) return { blob: file, name: file.name };
    return { blob, name: file.name.replace(/\.\w+$/, "") + ".jpg" };
  } catch {
    return { blob: file, name: file.name };
  }
}

// Shows a picture, or a sheet where it is none.
async function preview(blob, label, side = SHOWN_SIDE) {
  try {
    const canvas = await drawn(blob, side);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    return canvas;
  } catch {
    return h("span", { className: "sheet" }, icon("file"), label);
  }
}
