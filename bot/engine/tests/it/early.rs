//! Conversations as text: what is told early, what may be left out, and keys of the phone.

use crate::lab::check;
use bot_core::Channel::{Phone, Sms, Web};
use bot_core::Language::{En, Fr};
use expect_test::expect;

#[test]
fn what_was_told_at_first_is_not_asked_later() {
    check(
        Web,
        Fr,
        "> un gros nid de poule, 418-555-1234 | i=report_pothole opt=size.large phone=418-555-1234
        > 10 rue Cartier | at=10-Cartier
        > non | no
        > non | no",
        &expect![[r#"
            > un gros nid de poule, 418-555-1234 | i=report_pothole opt=size.large phone=418-555-1234
            < Où est le nid-de-poule ? Donnez une adresse ou un carrefour.
            > 10 rue Cartier | at=10-Cartier
            * call requests.find_near
            < Une photo ? Sinon dites « non ». [Passer]
            > non | no
            < Un détail utile à l'équipe ? [Passer]
            > non | no
            * private contact 90d
            < J'envoie : Lieu : 10, rue Cartier ; Taille : Grand (un pneu) ; Pour vous joindre : 418-555-1234. C'est bon ? [Oui] [Modifier] [Non]
        "#]],
    );
}

#[test]
fn another_flow_forgets_what_was_told_before() {
    check(
        Web,
        En,
        "> a big pothole | i=report_pothole opt=size.large
        > what day is recycling? | i=ask_collection q opt=stream.recycling
        > 5 rue Royale | at=5-Royale
        > yes | yes
        > 10 Cartier | at=10-Cartier",
        &expect![[r#"
            > a big pothole | i=report_pothole opt=size.large
            < Where is the pothole? Give an address or an intersection.
            > what day is recycling? | i=ask_collection q opt=stream.recycling
            < At which address?
            > 5 rue Royale | at=5-Royale
            * call collection.next
            < Recycling: no collection is planned until next season.
            * ended collection_schedule answered
            < Shall we go on with: Report a pothole? [Yes] [No]
            > yes | yes
            < Where is the pothole? Give an address or an intersection.
            > 10 Cartier | at=10-Cartier
            * call requests.find_near
            < How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
        "#]],
    );
}

#[test]
fn two_options_of_one_slot_are_asked_about() {
    check(
        Web,
        En,
        "> a big dangerous pothole at 10 Cartier | i=report_pothole at=10-Cartier opt=size.large opt=size.danger",
        &expect![[r#"
            > a big dangerous pothole at 10 Cartier | i=report_pothole at=10-Cartier opt=size.large opt=size.danger
            * call requests.find_near
            < How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
        "#]],
    );
}

#[test]
fn an_answer_that_says_nothing_else_answers_nothing_else() {
    check(
        Web,
        En,
        "> graffiti at 10 Cartier | i=report_graffiti at=10-Cartier opt=surface.wall
        > the store | pick=owner=other
        > no | no opt=height.reach",
        &expect![[r#"
            > graffiti at 10 Cartier | i=report_graffiti at=10-Cartier opt=surface.wall
            * call requests.find_near
            < Whose surface is it? [The city's] [Mine] [Someone else's]
            > the store | pick=owner=other
            < Is the message hateful or vulgar? [Yes] [No]
            > no | no opt=height.reach
            < How high up is it? [Within reach] [A ladder is needed]
        "#]],
    );
}

#[test]
fn a_question_that_may_be_left_out_is_skipped_at_once() {
    check(
        Web,
        Fr,
        "> une réclamation | i=report_damage_claim
        > je ne sais pas | dk
        > passer | skip",
        &expect![[r#"
            > une réclamation | i=report_damage_claim
            < À quel endroit ? Donnez une adresse, un carrefour ou un parc. [Passer]
            > je ne sais pas | dk
            < Quel jour est-ce arrivé ?
            > passer | skip
            < Qu'est-ce qui a été abîmé ? [Véhicule] [Maison ou terrain] [Dégât d'eau] [Blessure]
        "#]],
    );
}

#[test]
fn starters_are_picked_by_their_number_while_they_are_shown() {
    check(
        Sms,
        En,
        "# open
        > 3 | pick=intent=ask_collection
        > cancel | cmd=cancel
        > 3 | pick=intent=ask_collection",
        &expect![[r#"
            < Hello, this is the assistant of the City of Sainte-Aurore. How can I help? (For a person reply AGENT.) / 1. Report a problem / 2. Check a request / 3. Find a collection day / 4. Talk to a person [Report a problem] [Check a request] [Find a collection day] [Talk to a person]
            * ended welcome greeted
            > 3 | pick=intent=ask_collection
            < Which collection? / 1. Garbage / 2. Recycling / 3. Compost / 4. Bulky items / 5. Yard waste / 6. Christmas trees [Garbage] [Recycling] [Compost] [Bulky items] [Yard waste] [Christmas trees]
            > cancel | cmd=cancel
            * ended collection_schedule cancelled
            < Cancelled; nothing was sent. Say "resume" to go back to it.
            > 3 | pick=intent=ask_collection
            < I can't help with that. I handle the city's services. / 1. Report a problem / 2. Check a request / 3. Find a collection day / 4. Talk to a person [Report a problem] [Check a request] [Find a collection day] [Talk to a person]
        "#]],
    );
}

#[test]
fn yes_and_no_are_picked_by_their_number() {
    check(
        Phone,
        Fr,
        "# near
        > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
        > 2 | pick=no
        > 1 | pick=size=small
        > 1 | pick=skip
        > 1 | pick=skip
        > 1 | pick=yes",
        &expect![[r#"
            > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
            * call requests.find_near
            < Déjà signalé à 14, rue Cartier le vendredi 1er mai. Le même ? Pour Oui, faites le 1. Pour Non, faites le 2. [Oui] [Non]
            > 2 | pick=no
            < Quelle taille ? Pour Petit (une main), faites le 1. Pour Grand (un pneu), faites le 2. Pour Dangereux, faites le 3. [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > 1 | pick=size=small
            < Un détail utile à l'équipe ? Pour Passer, faites le 1. [Passer]
            > 1 | pick=skip
            < Où vous prévenir quand c'est réparé ? Pour Passer, faites le 1. [Passer]
            > 1 | pick=skip
            < J'envoie : Lieu : 12, rue Cartier ; Taille : Petit (une main). C'est bon ? Pour Oui, faites le 1. Pour Modifier, faites le 2. Pour Non, faites le 3. [Oui] [Modifier] [Non]
            > 1 | pick=yes
            * call requests.create
            < Merci ! Demande 26-001234-7.
            * ended report_pothole filed
        "#]],
    );
}

#[test]
fn zero_nine_and_star_work_everywhere_on_the_phone() {
    check(
        Phone,
        Fr,
        "> nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
        > 9 | key
        > * | key
        > 0 | key",
        &expect![[r#"
            > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
            * call requests.find_near
            < Quelle taille ? Pour Petit (une main), faites le 1. Pour Grand (un pneu), faites le 2. Pour Dangereux, faites le 3. [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > 9 | key
            < Quelle taille ? Pour Petit (une main), faites le 1. Pour Grand (un pneu), faites le 2. Pour Dangereux, faites le 3. [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > * | key
            < Revenons à la question précédente.
            < Dites l'adresse ou le carrefour.
            > 0 | key
            < Je vous passe une personne (Accueil).
            * handoff front_desk Asked ()
        "#]],
    );
    check(
        Sms,
        Fr,
        "> nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
        > 9",
        &expect![[r#"
            > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
            * call requests.find_near
            < Quelle taille ? / 1. Petit (une main) / 2. Grand (un pneu) / 3. Dangereux [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > 9
            < Choisissez une des réponses proposées. Quelle taille ? / 1. Petit (une main) / 2. Grand (un pneu) / 3. Dangereux [Petit (une main)] [Grand (un pneu)] [Dangereux]
        "#]],
    );
}
