//! Fetching: sources in their order, breaks, wrong bytes, what stays in the folder.

use expect_test::{Expect, expect};
use models::fetch::Had;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use crate::host::{Asked, Host, Reply};
use crate::places::{HUB, JSON, PAGE, Scene, WHEEL, file, json_page, list, places, sha256};

/// A host that is index and hub at once.
fn host(hub: impl Fn(&Asked) -> Reply + Send + 'static) -> Host {
    Host::new(move |asked| match asked.path.as_str() {
        PAGE => Reply::ok(json_page(&sha256(&file()))).with("content-type", JSON),
        WHEEL => Reply::file(&file(), asked.from),
        HUB => hub(asked),
        _ => Reply::status(404),
    })
}

/// Fetches from a hub that answers like that, with an index behind it.
fn check(hub: impl Fn(&Asked) -> Reply + Send + 'static, wanted: &Expect) {
    let host = host(hub);
    let mut scene = Scene::new();
    let had = scene.fetch(&host.url(), &host.url());
    wanted.assert_eq(&[scene.news.join("\n"), host.asked().join("\n")].join("\n"));
    assert_eq!(had, Ok(Had::Now));
    assert_eq!(fs::read(scene.folder().path("m").unwrap()).unwrap(), file());
    assert_eq!(scene.files(), [".lock", "m.bin", "m.bin.json"]);
    let n_asked = host.asked().len();
    assert_eq!(scene.fetch(&host.url(), &host.url()), Ok(Had::Before));
    assert_eq!(host.asked().len(), n_asked, "nobody is asked for what is there");
}

#[test]
fn the_first_source_is_enough() {
    check(
        |asked| Reply::file(&file(), asked.from),
        &expect![[r#"
        model.bin from 0
        converts
        /city/model/resolve/main/model.bin"#]],
    );
}

#[test]
fn what_breaks_off_goes_on() {
    let hub = |asked: &Asked| {
        let reply = Reply::file(&file(), asked.from);
        if asked.nth < 3 { reply.breaking_after(250_000) } else { reply }
    };
    check(
        hub,
        &expect![[r#"
        model.bin from 0
        again: it broke off: Peer disconnected
        model.bin from 250000
        again: it broke off: Peer disconnected
        model.bin from 500000
        converts
        /city/model/resolve/main/model.bin
        /city/model/resolve/main/model.bin from 250000
        /city/model/resolve/main/model.bin from 500000"#]],
    );
}

#[test]
fn a_host_that_cannot_go_on_sends_all_again() {
    let hub = |asked: &Asked| {
        let reply = Reply::ok(file());
        if asked.nth == 1 { reply.breaking_after(250_000) } else { reply }
    };
    check(
        hub,
        &expect![[r#"
        model.bin from 0
        again: it broke off: Peer disconnected
        model.bin from 0
        converts
        /city/model/resolve/main/model.bin
        /city/model/resolve/main/model.bin from 250000"#]],
    );
}

#[test]
fn a_host_that_refuses_to_go_on_is_asked_from_the_start() {
    let hub = |asked: &Asked| match asked.from {
        None if asked.nth == 1 => Reply::ok(file()).breaking_after(250_000),
        None => Reply::ok(file()),
        Some(_) => Reply::status(416),
    };
    check(
        hub,
        &expect![[r#"
        model.bin from 0
        again: it broke off: Peer disconnected
        again: it broke off: the host does not go on from there
        model.bin from 0
        converts
        /city/model/resolve/main/model.bin
        /city/model/resolve/main/model.bin from 250000
        /city/model/resolve/main/model.bin"#]],
    );
}

#[test]
fn a_host_in_trouble_is_asked_again() {
    let hub = |asked: &Asked| match asked.nth {
        1 => Reply::status(503),
        _ => Reply::ok(file()),
    };
    check(
        hub,
        &expect![[r#"
        again: 127.0.0.1 answers with status 503
        model.bin from 0
        converts
        /city/model/resolve/main/model.bin
        /city/model/resolve/main/model.bin"#]],
    );
}

#[test]
fn a_hub_without_the_file_gives_way_to_the_index() {
    check(
        |_| Reply::status(404),
        &expect![[r#"
        gives up: 127.0.0.1 answers with status 404
        model-1.whl from 0
        converts
        /city/model/resolve/main/model.bin
        /simple/a-project/
        /files/model-1.whl"#]],
    );
}

#[test]
fn wrong_bytes_give_way_to_the_index() {
    let hub = |_: &Asked| {
        let mut bytes = file();
        bytes[123_456] ^= 1;
        Reply::ok(bytes)
    };
    check(
        hub,
        &expect![[r#"
        model.bin from 0
        gives up: it is not the file that the list names: it has 700000 bytes and the SHA-256 a70db9813e50b760516d5975e9d65bcdf15e99e3333c66827dfdccb54e63c087
        model-1.whl from 0
        converts
        /city/model/resolve/main/model.bin
        /simple/a-project/
        /files/model-1.whl"#]],
    );
}

#[test]
fn another_size_gives_way_to_the_index() {
    check(
        |_| Reply::ok("<html>sign in</html>"),
        &expect![[r#"
        gives up: it is not the file that the list names: it has 20 bytes instead of 700000
        model-1.whl from 0
        converts
        /city/model/resolve/main/model.bin
        /simple/a-project/
        /files/model-1.whl"#]],
    );
}

#[test]
fn a_file_without_an_end_gives_way_to_the_index() {
    let hub = |_: &Asked| {
        let mut bytes = file();
        bytes.extend([0; 5_000]);
        Reply::ok(bytes).without_length()
    };
    check(
        hub,
        &expect![[r#"
            model.bin from 0
            gives up: it is not the file that the list names: it has 700001 bytes and the SHA-256 4fcfd23de9c73011ec1718cfa3f93c08a5837bfaf89ac754852959e8fec7a1aa
            model-1.whl from 0
            converts
            /city/model/resolve/main/model.bin
            /simple/a-project/
            /files/model-1.whl"#]],
    );
}

#[test]
fn another_range_than_asked_for_gives_way_to_the_index() {
    let hub = |asked: &Asked| match asked.from {
        None => Reply::ok(file()).breaking_after(250_000),
        Some(_) => Reply::file(&file(), Some(1_000)),
    };
    check(
        hub,
        &expect![[r#"
        model.bin from 0
        again: it broke off: Peer disconnected
        gives up: it is not the file that the list names: the host sends "bytes 1000-699999/700000" when asked from 250000
        model-1.whl from 0
        converts
        /city/model/resolve/main/model.bin
        /city/model/resolve/main/model.bin from 250000
        /simple/a-project/
        /files/model-1.whl"#]],
    );
}

#[test]
fn a_hub_out_of_reach_is_asked_once() {
    let host = host(|_| Reply::status(404));
    // A port that nobody listens on any more.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut scene = Scene::new();
    let had = scene.fetch(&host.url(), &format!("http://{closed}"));
    assert_eq!(had, Ok(Had::Now));
    expect![[r#"
        gives up: 127.0.0.1 does not answer
        model-1.whl from 0
        converts"#]]
    .assert_eq(&scene.news.join("\n"));
}

#[test]
fn a_hub_that_says_nothing_does_not_hold_up_the_index() {
    let host = host(|_| Reply::status(404));
    // Takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut scene = Scene::new();
    let mut wish = places(&host.url(), &format!("http://{}", silent.local_addr().unwrap()));
    wish.patience.answer = Duration::from_millis(50);
    assert_eq!(scene.fetch_with(&wish), Ok(Had::Now));
    expect![[r#"
        gives up: 127.0.0.1 does not answer
        model-1.whl from 0
        converts"#]]
    .assert_eq(&scene.news.join("\n"));
}

#[test]
fn no_source_at_all_is_said() {
    let mut scene = Scene::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{closed}");
    let had = scene.fetch(&closed, &closed);
    expect![[r#"
        gives up: 127.0.0.1 does not answer
        again: 127.0.0.1 does not answer
        again: 127.0.0.1 does not answer
        gives up: 127.0.0.1 does not answer
        no source gave the model m"#]]
    .assert_eq(&[scene.news.join("\n"), had.unwrap_err()].join("\n"));
    assert_eq!(scene.state(), "absent");
}

#[test]
fn what_an_earlier_try_spoilt_is_fetched_anew() {
    let host = host(|_| Reply::status(404));
    let mut scene = Scene::index_only();
    let sources = scene.folder.path().join("sources/m");
    fs::create_dir_all(&sources).unwrap();
    let mut part = file()[..300_000].to_vec();
    part[7] ^= 1;
    fs::write(sources.join("model-1.whl.part"), part).unwrap();
    assert_eq!(scene.fetch(&host.url(), "http://127.0.0.1:9"), Ok(Had::Now));
    expect![[r#"
        /simple/a-project/
        /files/model-1.whl from 300000
        /files/model-1.whl"#]]
    .assert_eq(&host.asked().join("\n"));
}

#[test]
fn what_was_fetched_before_is_not_asked_for() {
    let host = host(|_| Reply::status(404));
    let mut scene = Scene::index_only();
    let mut wish = places(&host.url(), "http://127.0.0.1:9");
    wish.keep_sources = true;
    assert_eq!(scene.fetch_with(&wish), Ok(Had::Now));
    let kept = [".lock", "m.bin", "m.bin.json", "sources/m/model-1.whl"];
    assert_eq!(scene.files(), kept);
    fs::remove_file(scene.folder.path().join("m.bin")).unwrap();
    let n_asked = host.asked().len();
    assert_eq!(scene.fetch_with(&wish), Ok(Had::Now));
    assert_eq!((host.asked().len(), scene.state()), (n_asked, "ready"));
}

#[test]
fn what_is_not_as_it_was_written_is_fetched_anew() {
    let host = host(|asked| Reply::file(&file(), asked.from));
    let mut scene = Scene::new();
    let url = host.url();
    assert_eq!(scene.state(), "absent");
    assert_eq!(scene.fetch(&url, &url), Ok(Had::Now));
    let (path, receipt) =
        (scene.folder.path().join("m.bin"), scene.folder.path().join("m.bin.json"));
    let verified = |scene: &Scene| {
        scene.folder().verify(scene.model(), |_| {}).map(|state| state.name()).unwrap()
    };
    assert_eq!(verified(&scene), "ready");

    let mut bytes = file();
    bytes[5] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!((scene.state(), verified(&scene)), ("ready", "damaged"), "only a full look sees it");
    assert_eq!(scene.fetch(&url, &url), Ok(Had::Now));
    assert_eq!(verified(&scene), "ready");
    fs::write(&path, "cut").unwrap();
    assert_eq!((scene.state(), verified(&scene)), ("damaged", "damaged"));
    let why = scene.folder().path("m").unwrap_err().to_string();
    assert_eq!(why, "the model m is damaged: run guichet models fetch m");
    assert_eq!(scene.fetch(&url, &url), Ok(Had::Now));
    assert_eq!(verified(&scene), "ready");

    let older = fs::read_to_string(&receipt).unwrap();
    let older = older.replace("\"converter_version\": 1", "\"converter_version\": 0");
    fs::write(&receipt, older).unwrap();
    assert_eq!(scene.state(), "outdated");
    assert_eq!(scene.fetch(&url, &url), Ok(Had::Now));
    fs::write(&receipt, "{").unwrap();
    assert_eq!(scene.state(), "outdated");
    assert_eq!(scene.fetch(&url, &url), Ok(Had::Now));
    assert_eq!(scene.state(), "ready");
}

#[test]
fn a_result_other_than_the_list_names_is_refused() {
    let other = "0".repeat(64);
    let result = format!("converter = \"as-is\"\nresult = {{ bytes = 3, sha256 = \"{other}\" }}");
    let mut scene = Scene::of(&list(&["index"]).replace("converter = \"as-is\"", &result));
    let host = host(|_| Reply::status(404));
    let had = scene.fetch(&host.url(), &host.url());
    expect![[r#"
        model-1.whl from 0
        converts
        gives up: the converted file is not the one that the list names: its SHA-256 is 5cd78ca6f79f84e4846d440c2e385b444bad9f68fdf86055114e95652060dc24
        no source gave the model m"#]].assert_eq(&[scene.news.join("\n"), had.unwrap_err()].join("\n"));
    assert_eq!(scene.state(), "absent");
}

#[test]
fn a_result_of_another_published_hash_is_refused() {
    let with = |sha1: &str| {
        let (n_bytes, sha256) = (file().len(), sha256(&file()));
        let sums = format!("bytes = {n_bytes}, sha256 = \"{sha256}\", sha1 = \"{sha1}\"");
        let converter = format!("converter = \"as-is\"\nresult = {{ {sums} }}");
        Scene::of(&list(&["index"]).replace("converter = \"as-is\"", &converter))
    };
    let host = host(|_| Reply::status(404));
    let mut scene = with(&"0".repeat(40));
    let had = scene.fetch(&host.url(), &host.url());
    expect![[r#"
        model-1.whl from 0
        converts
        gives up: the converted file is not the one that the list names: its SHA-1 is e97b47ddac79db4c3040c34b241672baa62e36ed
        no source gave the model m"#]].assert_eq(&[scene.news.join("\n"), had.unwrap_err()].join("\n"));
    assert_eq!(scene.state(), "absent");
    let mut scene = with("e97b47ddac79db4c3040c34b241672baa62e36ed");
    assert_eq!(scene.fetch(&host.url(), &host.url()), Ok(Had::Now));
    assert_eq!(scene.state(), "ready");
}

/// Tells one file from another, whatever their names.
fn inode(scene: &Scene, path: &str) -> u64 {
    fs::metadata(scene.folder.path().join(path)).unwrap().ino()
}

#[test]
fn what_is_finished_as_it_comes_is_moved_and_not_read_into_memory() {
    let host = host(|_| Reply::status(404));
    let mut scene = Scene::index_only();
    let sources = scene.folder.path().join("sources/m");
    fs::create_dir_all(&sources).unwrap();
    fs::write(sources.join("model-1.whl"), file()).unwrap();
    let fetched = inode(&scene, "sources/m/model-1.whl");
    let mut wish = places(&host.url(), "http://127.0.0.1:9");
    assert_eq!(scene.fetch_with(&wish), Ok(Had::Now));
    assert_eq!(scene.files(), [".lock", "m.bin", "m.bin.json"]);
    assert_eq!(inode(&scene, "m.bin"), fetched, "it is the very file");

    // Where sources stay, they are files of their own.
    fs::remove_file(scene.folder.path().join("m.bin")).unwrap();
    wish.keep_sources = true;
    assert_eq!(scene.fetch_with(&wish), Ok(Had::Now));
    assert_ne!(inode(&scene, "m.bin"), inode(&scene, "sources/m/model-1.whl"));
    assert_eq!(fs::read(scene.folder().path("m").unwrap()).unwrap(), file());
}

#[test]
fn two_who_fetch_wait_for_each_other() {
    let host = host(|asked| Reply::file(&file(), asked.from));
    let scene = Scene::new();
    fs::create_dir_all(scene.folder.path()).unwrap();
    let mut other = Some(File::create(scene.folder.path().join(".lock")).unwrap());
    other.as_ref().unwrap().lock().unwrap();
    let mut has_waited = false;
    let wish = places(&host.url(), &host.url());
    let had = models::fetch::fetch(&scene.folder(), scene.model(), &wish, &mut |news| {
        if matches!(news, models::fetch::News::Waiting) {
            has_waited = true;
            // The other has finished.
            other.take();
        }
    });
    assert_eq!((had.unwrap(), has_waited), (Had::Now, true));
}
