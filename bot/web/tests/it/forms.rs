//! Forms and files as clients send them, traces and all.

use axum::body::Body;
use axum::http::Request;
use img_parts::png::PngChunk;

use crate::door::{Talk, post};

/// What a camera wrote beside a picture, and no one else may read.
pub(crate) const TRACE: &[u8] = b"GPS 46.7512 -71.5327";

const BOUNDARY: &str = "the-edge";

/// Makes a form with its parts.
pub(crate) fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let file = if *name == "file" { "; filename=\"../../x.php\"" } else { "" };
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// Makes a request that sends a form.
pub(crate) fn upload(talk: &Talk, parts: &[(&str, &[u8])]) -> Request<Body> {
    upload_body(talk, form(parts))
}

/// Makes a request that sends a form's body, whatever it is.
pub(crate) fn upload_body(talk: &Talk, body: impl Into<Body>) -> Request<Body> {
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    post("/api/chat/attachments", &talk.token, &kind, body)
}

/// Writes EXIF with the way up (6: a quarter turn) and a trace.
fn exif() -> Vec<u8> {
    let mut exif = b"II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00".to_vec();
    exif.extend([6, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(TRACE);
    exif
}

fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
    let n_bytes = u16::try_from(contents.len() + 2).unwrap();
    [&[0xff, marker], n_bytes.to_be_bytes().as_slice(), contents].concat()
}

/// The picture itself: a scan with a byte 0xff and a restart in it.
const SCAN: &[u8] = &[1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4];

/// Makes a photo as a telephone does: EXIF, XMP, IPTC, a comment, more, and another picture behind.
pub(crate) fn photo() -> Vec<u8> {
    let of_maker = |marker: u8, head: &[u8]| segment(marker, &[head, TRACE].concat());
    let behind = [&[0xff, 0xd8][..], &segment(0xe1, &[b"Exif\0\0", exif().as_slice()].concat())];
    [
        &[0xff, 0xd8][..],
        &segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        &segment(0xe1, &[b"Exif\0\0", exif().as_slice()].concat()),
        &of_maker(0xe1, b"http://ns.adobe.com/xap/1.0/\0"),
        &of_maker(0xe2, b"MPF\0"),
        &of_maker(0xe4, b"Maker"),
        &of_maker(0xeb, b"JP\0\0"),
        &of_maker(0xed, b"Photoshop 3.0\0"),
        &of_maker(0xfe, b"comment: "),
        &segment(0xdb, &[0; 65]),
        &segment(0xda, &[0, 0]),
        SCAN,
        &[0xff, 0xd9],
        &behind.concat(),
    ]
    .concat()
}

/// Tells whether the picture of [`photo`] is whole.
pub(crate) fn has_scan(bytes: &[u8]) -> bool {
    bytes.ends_with(&[SCAN, &[0xff, 0xd9]].concat())
}

/// Makes a PNG with EXIF, words and a time.
pub(crate) fn png() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], contents: &[u8]| {
        PngChunk::new(*kind, contents.to_vec().into()).encoder().bytes().to_vec()
    };
    let words = [b"XML:com.adobe.xmp\0\0\0\0\0", TRACE].concat();
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
        chunk(b"eXIf", &exif()),
        chunk(b"tEXt", &[b"Location\0", TRACE].concat()),
        chunk(b"iTXt", &words),
        chunk(b"tIME", &[7, 234, 5, 4, 12, 0, 0]),
        chunk(b"IDAT", b"the picture"),
        chunk(b"IEND", b""),
        TRACE.to_vec(),
    ]
    .concat()
}

/// Makes a WebP with EXIF and XMP.
pub(crate) fn webp() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], contents: &[u8]| {
        let n_bytes = u32::try_from(contents.len()).unwrap().to_le_bytes();
        let pad = if contents.len() % 2 == 1 { &[0][..] } else { &[] };
        [kind.as_slice(), &n_bytes, contents, pad].concat()
    };
    let chunks = [
        // EXIF (0x08) and XMP (0x04) are there.
        chunk(b"VP8X", &[0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        chunk(b"VP8 ", b"\x50\x5a\x00\x9d\x01\x2a\x01\x00\x01\x00"),
        chunk(b"EXIF", &exif()),
        chunk(b"XMP ", TRACE),
    ]
    .concat();
    let n_bytes = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
    [b"RIFF".as_slice(), &n_bytes, b"WEBP", &chunks].concat()
}
