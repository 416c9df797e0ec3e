//! What a file is by its first bytes, and pictures without what the camera wrote beside them.
//!
//! A photo's metadata tells where and when it was taken: it is taken out before the photo is
//! stored; only the way up stays. What stays is listed, not what goes: makers invent more.

use bot_core::message::AttachmentKind;
use img_parts::{DynImage, ImageEXIF};

/// A kind of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Gif,
    Webp,
    Heic,
    Ogg,
    Webm,
    Mp3,
    M4a,
    Wav,
    Pdf,
}

impl Kind {
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Ogg => "audio/ogg",
            Self::Webm => "audio/webm",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Pdf => "application/pdf",
        }
    }

    pub(crate) const fn sort(self) -> AttachmentKind {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp | Self::Heic => AttachmentKind::Image,
            Self::Ogg | Self::Webm | Self::Mp3 | Self::M4a | Self::Wav => AttachmentKind::Audio,
            Self::Pdf => AttachmentKind::Document,
        }
    }
}

/// Tells what a file is; `None` for anything that is not taken.
pub(crate) fn sniff(bytes: &[u8]) -> Option<Kind> {
    let at = |from: usize, wanted: &[u8]| {
        bytes.get(from..from + wanted.len()).is_some_and(|part| part == wanted)
    };
    let brand = |names: &[&[u8]]| at(4, b"ftyp") && names.iter().any(|name| at(8, name));
    let found = [
        (at(0, &[0xff, 0xd8, 0xff]), Kind::Jpeg),
        (at(0, b"\x89PNG\r\n\x1a\n"), Kind::Png),
        (at(0, b"GIF87a") || at(0, b"GIF89a"), Kind::Gif),
        (at(0, b"RIFF") && at(8, b"WEBP"), Kind::Webp),
        (brand(&[b"heic", b"heix", b"mif1", b"heim"]), Kind::Heic),
        (at(0, b"OggS"), Kind::Ogg),
        (at(0, &[0x1a, 0x45, 0xdf, 0xa3]), Kind::Webm),
        (at(0, b"ID3") || at(0, &[0xff, 0xfb]) || at(0, &[0xff, 0xf3]), Kind::Mp3),
        (brand(&[b"M4A ", b"mp42", b"isom", b"M4B "]), Kind::M4a),
        (at(0, b"RIFF") && at(8, b"WAVE"), Kind::Wav),
        (at(0, b"%PDF-"), Kind::Pdf),
    ];
    found.into_iter().find(|(is, _)| *is).map(|(_, kind)| kind)
}

/// Takes out what a camera wrote beside the picture; a file that cannot be read stays as it is.
pub(crate) fn without_traces(kind: Kind, bytes: Vec<u8>) -> Vec<u8> {
    if !matches!(kind, Kind::Jpeg | Kind::Png | Kind::Webp) {
        return bytes;
    }
    let mut bytes = bytes;
    if let (Kind::Jpeg, Some(end)) = (kind, jpeg_end(&bytes)) {
        bytes.truncate(end);
    }
    let Ok(Some(mut image)) = DynImage::from_bytes(bytes.clone().into()) else { return bytes };
    let way_up = image.exif().and_then(|exif| orientation(&exif));
    match &mut image {
        // Of the APPn, APP0 (JFIF) and APP14 (Adobe) say how to read the colours; 0xfe is a comment.
        DynImage::Jpeg(jpeg) => jpeg
            .segments_mut()
            .retain(|segment| !matches!(segment.marker(), 0xe1..=0xed | 0xef | 0xfe)),
        DynImage::Png(png) => png.chunks_mut().retain(|chunk| PNG_CHUNKS.contains(&&chunk.kind())),
        DynImage::WebP(webp) => {
            webp.chunks_mut().retain(|chunk| WEBP_CHUNKS.contains(&&chunk.id()));
        }
    }
    // Last: for WebP it also makes the header tell of the chunks that are left.
    image.set_exif(way_up.map(|way| exif_with(way).into()));
    image.encoder().bytes().to_vec()
}

/// What stays of a PNG: the picture, its colours, its frames.
const PNG_CHUNKS: [&[u8; 4]; 15] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP",
    b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];
/// What stays of a WebP: the picture and its frames.
const WEBP_CHUNKS: [&[u8; 4]; 6] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"];

/// Finds where a JPEG ends; after it, cameras put other pictures with metadata of their own.
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        at += match *bytes.get(at + 1)? {
            0xff => 1,
            // Within a scan: a byte 0xff of the picture, and restarts. None has a length.
            0x00 | 0x01 | 0xd0..=0xd8 => 2,
            0xd9 => return Some(at + 2),
            _ => 2 + usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?])),
        };
    }
}

/// Reads the way up out of EXIF: tag 0x0112 of the first directory (TIFF 6.0, EXIF 2.3).
fn orientation(exif: &[u8]) -> Option<u16> {
    let little = match exif.get(0..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let pair: [u8; 2] = exif.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
    };
    let u32_at = |at: usize| {
        let four: [u8; 4] = exif.get(at..at + 4)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let directory = usize::try_from(u32_at(4)?).ok()?;
    let n_entries = usize::from(u16_at(directory)?);
    (0..n_entries.min(512))
        .map(|n| directory + 2 + 12 * n)
        .find(|entry| u16_at(*entry) == Some(0x0112))
        .and_then(|entry| u16_at(entry + 8))
        .filter(|way| (2..=8).contains(way))
}

/// Writes EXIF that tells the way up and nothing else.
fn exif_with(way: u16) -> Vec<u8> {
    let mut exif = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01".to_vec();
    exif.extend(way.to_be_bytes());
    exif.extend([0; 6]);
    exif
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        assert_eq!(sniff(b"\xff\xd8\xff\xe0 the rest"), Some(Kind::Jpeg));
        assert_eq!(sniff(b"RIFF1234WEBPVP8 "), Some(Kind::Webp));
        assert_eq!(sniff(b"RIFF1234WAVEfmt "), Some(Kind::Wav));
        assert_eq!(sniff(b"\0\0\0\x18ftypheic"), Some(Kind::Heic));
        for other in [&b""[..], b"MZ\x90", b"<svg>", b"<html>", b"PK\x03\x04", b"GIF9"] {
            assert_eq!(sniff(other), None);
        }
    }

    #[test]
    fn only_the_way_up_is_kept() {
        let exif = exif_with(6);
        assert_eq!(orientation(&exif), Some(6));
        assert_eq!(orientation(b"II"), None);
        assert_eq!(orientation(&exif_with(1)), None);
        let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe1];
        let body: Vec<u8> = [b"Exif\0\0".as_slice(), &exif, b"GPS 46.75 -71.53"].concat();
        jpeg.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        jpeg.extend(&body);
        jpeg.extend([0xff, 0xfe, 0, 7, b'h', b'o', b'm', b'e', b'!']);
        jpeg.extend([0xff, 0xda, 0, 4, 0, 0, 1, 2, 3, 0xff, 0xd9]);
        let clean = without_traces(Kind::Jpeg, jpeg);
        let has = |words: &[u8]| clean.windows(words.len()).any(|part| part == words);
        assert!(!has(b"GPS") && !has(b"home!"));
        let image = DynImage::from_bytes(clean.into()).unwrap().unwrap();
        assert_eq!(image.exif().and_then(|exif| orientation(&exif)), Some(6));
    }
}
