//! The simple index of Python packages: which url a project's file has (PEP 503, PEP 691).
//!
//! Never here: the file's bytes.

use serde::Deserialize;
use url::Url;

use super::News;
use super::http::{Client, HttpError, Page};
use crate::manifest::SourceFile;

const JSON: &str = "application/vnd.pypi.simple.v1+json";
/// JSON where there is, HTML where an index has only that.
const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, \
    application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

/// Why an index does not give a file.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// It cannot be asked.
    #[error("the package index")]
    Ask(#[from] HttpError),
    /// Its page cannot be understood.
    #[error("the package index gives a page that cannot be read: {0}")]
    Page(String),
    /// It has no such file.
    #[error("the package index has no file of that name in the project {0}")]
    Missing(String),
    /// It has another file of that name.
    #[error("the package index has another file of that name, with the SHA-256 {0}")]
    Other(String),
}

/// A file as the index lists it.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    name: String,
    url: String,
    sha256: Option<String>,
}

#[derive(Deserialize)]
struct Project {
    files: Vec<ProjectFile>,
}

#[derive(Deserialize)]
struct ProjectFile {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: Hashes,
}

#[derive(Default, Deserialize)]
struct Hashes {
    sha256: Option<String>,
}

/// Finds where the index has a file.
pub(super) fn wheel_url(
    client: &Client,
    index: &str,
    project: &str,
    file: &SourceFile,
    tell: &mut dyn FnMut(News<'_>),
) -> Result<String, IndexError> {
    let url = format!("{}/{}/", index.trim_end_matches('/'), normalised(project));
    let page = client.page(&url, ACCEPT, &file.name, tell)?;
    let listed = listed(&page)?.into_iter().find(|listed| listed.name == file.name);
    let listed = listed.ok_or_else(|| IndexError::Missing(project.to_owned()))?;
    if let Some(sha256) = listed.sha256
        && sha256 != file.sha256.as_str()
    {
        return Err(IndexError::Other(sha256));
    }
    let url = Url::parse(&page.url).and_then(|page| page.join(&listed.url));
    url.map(String::from).map_err(|why| IndexError::Page(why.to_string()))
}

/// Writes a project's name as indexes do: lower case, one dash for every run of `-`, `_` and `.`.
fn normalised(project: &str) -> String {
    let words = project.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

fn listed(page: &Page) -> Result<Vec<Listed>, IndexError> {
    if page.kind.trim_start().starts_with(JSON) {
        let project: Project =
            serde_json::from_str(&page.text).map_err(|why| IndexError::Page(why.to_string()))?;
        let listed = project.files.into_iter().map(|file| Listed {
            name: file.filename,
            url: file.url,
            sha256: file.hashes.sha256,
        });
        return Ok(listed.collect());
    }
    Ok(links(&page.text))
}

/// Lists the links of an index's page: each is `<a href="URL#sha256=…">NAME</a>`.
fn links(html: &str) -> Vec<Listed> {
    let link = |tag: &str| {
        let (head, rest) = tag.split_once('>')?;
        let (name, _) = rest.split_once('<')?;
        let (_, href) = head.split_once("href=")?;
        let quote = href.chars().next().filter(|first| "\"'".contains(*first))?;
        let href = href.split(quote).nth(1)?.replace("&amp;", "&");
        let (url, fragment) = href.split_once('#').unwrap_or((&href, ""));
        let sha256 = fragment.strip_prefix("sha256=").map(str::to_owned);
        Some(Listed { name: name.trim().to_owned(), url: url.to_owned(), sha256 })
    };
    html.split("<a ").skip(1).filter_map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_has_one_spelling() {
        assert_eq!(normalised("Fast_Universal.-Encoder"), "fast-universal-encoder");
    }

    #[test]
    fn links_are_read() {
        let html = "<!DOCTYPE html><html><body><h1>Links for x</h1>\n\
            <a href=\"../../f/x-1.whl#sha256=ab\" data-requires-python=\"&gt;=3\">x-1.whl</a><br/>\n\
            <a class='y' href='/f/x-2.whl?a=1&amp;b=2'> x-2.whl </a><a name=\"z\">no link</a></body>";
        let found: Vec<_> = links(html)
            .into_iter()
            .map(|link| format!("{} {} {:?}", link.name, link.url, link.sha256))
            .collect();
        assert_eq!(
            found,
            [r#"x-1.whl ../../f/x-1.whl Some("ab")"#, "x-2.whl /f/x-2.whl?a=1&b=2 None"]
        );
    }
}
