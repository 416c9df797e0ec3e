//! What a form says that was sent.
//!
//! Never here: what becomes of it.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartRejection};
use bot_channels::web::{MAX_CHOICE_BYTES, MAX_FILES};
use uuid::Uuid;

use crate::attachments::{self, MAX_CAPTION_BYTES};
use crate::body::broken;
use crate::picture::Kind;
use crate::problem::Problem;
use crate::state::Web;

/// Bytes of a field that the page wrote itself.
const MAX_HIDDEN_BYTES: usize = 256;

/// What the resident wants, by the button that was pressed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Wish {
    /// To send the words and the photos.
    #[default]
    Send,
    /// To take an answer on offer.
    Choose(String),
    /// To see what is new.
    Look,
    /// To go on in the language of this page.
    Speak,
}

/// A form as it came; what could be read of it is there even where something is wrong.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// The conversation's token; the first page has none.
    pub(super) token: Option<String>,
    /// The page that the form stood on: the same page again is no second report.
    pub(super) page: Option<Uuid>,
    /// The last message that the page showed.
    pub(super) seen: i64,
    pub(super) wish: Wish,
    pub(super) words: String,
    pub(super) photos: Vec<(Kind, Vec<u8>)>,
    /// What was wrong first.
    pub(super) problem: Option<Problem>,
}

/// Reads a form, in its time.
pub(super) async fn read(web: &Web, form: Result<Multipart, MultipartRejection>) -> Fields {
    let mut fields = Fields::default();
    let Ok(form) = form else {
        fields.note(Problem::BadRequest("send multipart/form-data".to_owned()));
        return fields;
    };
    let reading = read_all(web, form, &mut fields);
    match tokio::time::timeout(web.limits.upload, reading).await {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => fields.note(problem),
        Err(_) => fields.note(Problem::TooSlow),
    }
    fields
}

async fn read_all(web: &Web, mut form: Multipart, fields: &mut Fields) -> Result<(), Problem> {
    while let Some(field) = form.next_field().await.map_err(|why| broken(&why, why.status()))? {
        // The rest is read though one field is wrong: a browser listens only when it has sent all,
        // and what was typed is to be given back.
        if let Err(problem) = fields.take(web, field).await {
            fields.note(problem);
        }
    }
    Ok(())
}

impl Fields {
    fn note(&mut self, problem: Problem) {
        self.problem.get_or_insert(problem);
    }

    async fn take(&mut self, web: &Web, field: Field<'_>) -> Result<(), Problem> {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "token" => self.token = Some(hidden(field).await?),
            "page" => self.page = Uuid::parse_str(&hidden(field).await?).ok(),
            "seen" => self.seen = hidden(field).await?.parse().unwrap_or(0),
            "choice" => {
                let id = attachments::text(field, MAX_CHOICE_BYTES).await?;
                self.wish = Wish::Choose(id);
            }
            "look" => self.wish = Wish::Look,
            "speak" => self.wish = Wish::Speak,
            "words" => self.words = attachments::text(field, MAX_CAPTION_BYTES).await?,
            "photo" => self.take_photo(web, field).await?,
            // A browser's extension may add its own.
            _ => {}
        }
        Ok(())
    }

    async fn take_photo(&mut self, web: &Web, field: Field<'_>) -> Result<(), Problem> {
        let bytes = attachments::bytes(field, web.limits.max_file_bytes).await?;
        // A browser sends an empty file where none was chosen.
        if bytes.is_empty() {
            return Ok(());
        }
        if self.photos.len() == MAX_FILES {
            return Err(Problem::TooLarge);
        }
        self.photos.push(attachments::known(bytes)?);
        Ok(())
    }
}

async fn hidden(field: Field<'_>) -> Result<String, Problem> {
    attachments::text(field, MAX_HIDDEN_BYTES).await
}
