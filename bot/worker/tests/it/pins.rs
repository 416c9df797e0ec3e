//! A pin on the map, and the words beside it.

use bot_core::message::Content;
use bot_core::place::Point;
use std::time::Duration;

use crate::lab::Lab;

const A_WHILE: Duration = Duration::from_secs(2);

#[tokio::test(start_paused = true)]
async fn the_caption_of_a_pin_is_no_other_wish() {
    let mut lab = Lab::new().await;
    lab.wait(A_WHILE).await;
    lab.say("English", A_WHILE).await;
    lab.say("there is a pothole", A_WHILE).await;
    // Alone these words would ask for a job at the city.
    let location = Point::new(46.75, -71.5284);
    lab.send(Content { location, ..Content::text("My position") }, A_WHILE).await;
    let last = lab.messages().await.pop().unwrap();
    assert!(last.new.content.text.contains("How big"), "{}", last.new.content.text);
}

#[tokio::test(start_paused = true)]
async fn words_beside_a_pin_that_nobody_asked_for_are_read() {
    let mut lab = Lab::new().await;
    lab.wait(A_WHILE).await;
    let location = Point::new(46.75, -71.5284);
    lab.send(Content { location, ..Content::text("il y a un nid-de-poule ici") }, A_WHILE).await;
    let last = lab.messages().await.pop().unwrap();
    assert!(last.new.content.text.contains("Quelle taille"), "{}", last.new.content.text);
}
