//! `/api/chat/attachments`: photos and voice notes.

use axum::Json;
use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bot_channels::web::{MAX_FILES, is_id, words};
use bot_core::id::{AttachmentId, ConversationId};
use bot_core::message::{Attachment, Content};
use bot_store::attachments::{AttachmentRow, NewAttachment};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::body::broken;
use crate::chat::take;
use crate::guard::Holder;
use crate::limits::MaySay;
use crate::picture::{self, Kind};
use crate::problem::Problem;
use crate::state::Web;

/// Bytes of a caption.
pub(crate) const MAX_CAPTION_BYTES: usize = 32 * 1024;

/// Files that were stored and posted.
#[derive(Serialize)]
pub(crate) struct UploadAnswer {
    seq: i64,
    repeat: bool,
    attachments: Vec<Attachment>,
}

#[derive(Default)]
struct Upload {
    id: Option<String>,
    caption: String,
    files: Vec<(Kind, Vec<u8>)>,
}

/// `POST /api/chat/attachments`: multipart with `file` (one or more), and, if wanted, `id` and
/// `text`. The files are posted as one message.
pub(crate) async fn upload(
    State(web): State<Web>,
    MaySay(pass): MaySay,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<UploadAnswer>), Problem> {
    let form = form.map_err(|_| Problem::UnsupportedType("send multipart/form-data".to_owned()))?;
    let upload = read(&web, form).await?;
    if upload.files.is_empty() {
        return Err(Problem::Invalid("send at least one file under the name \"file\"".to_owned()));
    }
    // The same files sent again, without an id of their own, are a repeat.
    let id = upload.id.unwrap_or_else(|| digest(&upload.files, &upload.caption));
    let mut attachments = store(&web, upload.files).await?;
    let content = Content { attachments: attachments.clone(), ..words(&upload.caption) };
    let taken = take(&web, pass, id, content).await?;
    if taken.repeat {
        attachments = posted(&web, pass.conversation, taken.seq).await?;
    }
    let answer = UploadAnswer { seq: taken.seq, repeat: taken.repeat, attachments };
    Ok((StatusCode::CREATED, Json(answer)))
}

async fn read(web: &Web, mut form: Multipart) -> Result<Upload, Problem> {
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(|why| broken(&why, why.status()))? {
        match field.name() {
            Some("id") => {
                let id = text(field, 1_024).await?;
                if !is_id(&id) {
                    return Err(Problem::Invalid("id must be printable and short".to_owned()));
                }
                upload.id = Some(id);
            }
            Some("text") => upload.caption = text(field, MAX_CAPTION_BYTES).await?,
            Some("file") if upload.files.len() < MAX_FILES => {
                upload.files.push(file(field, web.limits.max_file_bytes).await?);
            }
            Some("file") => {
                return Err(Problem::Invalid(format!("at most {MAX_FILES} files at once")));
            }
            _ => {
                return Err(Problem::Invalid(
                    "send file, id and text, and nothing else".to_owned(),
                ));
            }
        }
    }
    Ok(upload)
}

/// Reads a field within its bound.
pub(crate) async fn bytes(mut field: Field<'_>, max_bytes: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|why| broken(&why, why.status()))? {
        if bytes.len() + chunk.len() > max_bytes {
            return Err(Problem::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads a field of words within its bound.
pub(crate) async fn text(field: Field<'_>, max_bytes: usize) -> Result<String, Problem> {
    let bytes = bytes(field, max_bytes).await?;
    String::from_utf8(bytes).map_err(|_| Problem::BadRequest("text must be UTF-8".to_owned()))
}

async fn file(field: Field<'_>, max_bytes: usize) -> Result<(Kind, Vec<u8>), Problem> {
    known(bytes(field, max_bytes).await?)
}

/// Tells what a file is; its first bytes say so, not its name.
pub(crate) fn known(bytes: Vec<u8>) -> Result<(Kind, Vec<u8>), Problem> {
    let kind = picture::sniff(&bytes).ok_or_else(|| {
        let taken =
            "photos (JPEG, PNG, WebP, HEIC, GIF), voice notes (Ogg, WebM, MP3, M4A, WAV) and PDF";
        Problem::UnsupportedType(format!("this file is none of what is taken: {taken}"))
    })?;
    Ok((kind, picture::without_traces(kind, bytes)))
}

/// Makes an id of what is sent, so that the same sent again is a repeat.
pub(crate) fn digest(files: &[(Kind, Vec<u8>)], caption: &str) -> String {
    let mut hasher = Sha256::new();
    let parts = files.iter().map(|(_, bytes)| bytes.as_slice());
    for part in parts.chain([caption.as_bytes()]) {
        // Where a part ends counts too.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    format!("files-{}", bot_core::text::hex(&hasher.finalize()))
}

/// Stores files that no conversation has yet: the message that is taken binds them to its own. Those
/// of one that is refused, or had come before, stay loose, and upkeep takes them away.
pub(crate) async fn store(
    web: &Web,
    files: Vec<(Kind, Vec<u8>)>,
) -> Result<Vec<Attachment>, Problem> {
    let now = web.now();
    let mut tx = web.store.begin().await?;
    let mut stored = Vec::new();
    for (kind, bytes) in files {
        let new = NewAttachment {
            id: AttachmentId::new(now, web.chance.as_ref()),
            conversation: None,
            kind: kind.sort(),
            media_type: kind.media_type().to_owned(),
            bytes,
            at: now,
        };
        stored.push(tx.attachments().insert(&new).await?.attachment());
    }
    tx.commit().await?;
    Ok(stored)
}

/// Gives the files of a message as it was posted.
async fn posted(
    web: &Web,
    conversation: ConversationId,
    seq: i64,
) -> Result<Vec<Attachment>, Problem> {
    let mut tx = web.store.read().await?;
    let messages = tx.messages().list_after(conversation, seq.saturating_sub(1), 1).await?;
    Ok(messages.into_iter().flat_map(|message| message.new.content.attachments).collect())
}

/// Finds files that a message names; all must be of this conversation.
pub(crate) async fn named(
    web: &Web,
    conversation: ConversationId,
    ids: &[AttachmentId],
) -> Result<Vec<Attachment>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = web.store.read().await?;
    let mut found = Vec::new();
    for id in ids {
        let row = tx.attachments().get(*id).await?;
        let row = row.filter(|row| row.conversation == Some(conversation));
        let row =
            row.ok_or_else(|| Problem::Invalid("one of the attachments is unknown".to_owned()))?;
        found.push(AttachmentRow::attachment(&row));
    }
    Ok(found)
}

/// `GET /api/chat/attachments/{id}`: a file of the conversation, for its own screen.
pub(crate) async fn download(
    State(web): State<Web>,
    Holder(pass): Holder,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|_| Problem::NotFound)?;
    let id: AttachmentId = id.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = web.store.read().await?;
    let row = tx.attachments().get(id).await?;
    let row =
        row.filter(|row| row.conversation == Some(pass.conversation)).ok_or(Problem::NotFound)?;
    let bytes = tx.attachments().bytes(id).await?.ok_or(Problem::NotFound)?;
    let kind = HeaderValue::from_str(&row.media_type).map_err(|_| Problem::Internal)?;
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    Ok(response)
}
