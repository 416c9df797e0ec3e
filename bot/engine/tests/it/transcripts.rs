//! Conversations as text.

use crate::lab::check;
use bot_core::Channel::{Phone, Sms, Web};
use bot_core::Language::{En, Fr};
use expect_test::expect;

#[test]
fn a_pothole_is_reported_with_a_wrong_address_first_and_a_correction_at_the_recap() {
    check(
        Web,
        Fr,
        "# open
        > un nid de poule | i=report_pothole fr
        > 1 rue X | at=!not_found
        > 10 rue Cartier | at=10-Cartier
        > gros | pick=size=large
        > non | no
        > rien | no
        > non | no
        > en fait c'est le 12 | patch=12-Cartier fix
        > oui | yes",
        &expect![[r#"
            < Bonjour ! Ici l'assistant automatique de la Ville de Sainte-Aurore. Signalez un problème, suivez une demande ou posez une question. Vos messages sont conservés pour traiter votre demande ; dites « agent » pour une personne. [Signaler un problème] [Suivre une demande] [Connaître le jour d'une collecte] [Parler à une personne]
            * ended welcome greeted
            > un nid de poule | i=report_pothole fr
            < Où est le nid-de-poule ? Donnez une adresse ou un carrefour.
            > 1 rue X | at=!not_found
            < Je ne trouve pas « 1 rue X ». La rue voisine ?
            > 10 rue Cartier | at=10-Cartier
            * call requests.find_near
            < Quelle taille ? [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > gros | pick=size=large
            < Une photo ? Sinon dites « non ». [Passer]
            > non | no
            < Un détail utile à l'équipe ? [Passer]
            > rien | no
            < Où vous prévenir quand c'est réparé ? [Passer]
            > non | no
            < J'envoie : Lieu : 10, rue Cartier ; Taille : Grand (un pneu). C'est bon ? [Oui] [Modifier] [Non]
            > en fait c'est le 12 | patch=12-Cartier fix
            < C'est corrigé. Lieu : 12, rue Cartier.
            * call requests.find_near
            < J'envoie : Lieu : 12, rue Cartier ; Taille : Grand (un pneu). C'est bon ? [Oui] [Modifier] [Non]
            > oui | yes
            * call requests.create
            < Merci ! Demande 26-001234-7.
            * ended report_pothole filed
        "#]],
    );
}

#[test]
fn several_slots_come_from_one_message() {
    check(
        Sms,
        En,
        "> big pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
        > no | no
        > 418-555-1234 | phone=418-555-1234
        > yes | yes",
        &expect![[r#"
            > big pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
            * call requests.find_near
            < Anything the crew should know? [Skip]
            > no | no
            < Where can we tell you when it is fixed? [Skip]
            > 418-555-1234 | phone=418-555-1234
            * private contact 90d
            < I will send: Place: 12 Rue Cartier; Size: Large (a tire); How to reach you: 418-555-1234. Is that right? / 1. Yes / 2. Change / 3. No [Yes] [Change] [No]
            > yes | yes
            * call requests.create
            < Request 26-001234-7 noted.
            * ended report_pothole filed
        "#]],
    );
}

#[test]
fn a_digression_comes_back_and_the_language_switches_on_the_way() {
    check(
        Web,
        Fr,
        "> nid de poule au 10 rue Cartier | i=report_pothole fr at=10-Cartier
        > when is garbage day? | i=ask_collection en q opt=stream.garbage
        > 5 rue Royale | at=5-Royale
        > yes | yes
        > large | pick=size=large",
        &expect![[r#"
            > nid de poule au 10 rue Cartier | i=report_pothole fr at=10-Cartier
            * call requests.find_near
            < Quelle taille ? [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > when is garbage day? | i=ask_collection en q opt=stream.garbage
            < At which address?
            > 5 rue Royale | at=5-Royale
            * call collection.next
            < Garbage: no collection is planned until next season.
            * ended collection_schedule answered
            < Shall we go on with: Report a pothole? [Yes] [No]
            > yes | yes
            < How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
            > large | pick=size=large
            < A photo? If not, say "no". [Skip]
        "#]],
    );
}

#[test]
fn commands_work_in_the_middle() {
    check(
        Web,
        En,
        "> pothole | i=report_pothole at=10-Cartier en
        > why? | cmd=why
        > help | cmd=help
        > say that again | cmd=repeat
        > back | cmd=back
        > 12 Cartier | at=12-Cartier
        > cancel | cmd=cancel
        > cancel | cmd=cancel
        > resume | cmd=resume
        > en français | cmd=french
        > recommencer | cmd=start_over",
        &expect![[r#"
            > pothole | i=report_pothole at=10-Cartier en
            * call requests.find_near
            < How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
            > why? | cmd=why
            < This answer helps the right team to act. How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
            > help | cmd=help
            < We are at: Report a pothole. Say "back", "cancel", "why" or "agent" at any time. How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
            > say that again | cmd=repeat
            < We are at: Report a pothole. Say "back", "cancel", "why" or "agent" at any time. How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
            > back | cmd=back
            < Back to the question before.
            < Where is the pothole? Give an address or an intersection.
            > 12 Cartier | at=12-Cartier
            * call requests.find_near
            < How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
            > cancel | cmd=cancel
            * ended report_pothole cancelled
            < Cancelled; nothing was sent. Say "resume" to go back to it.
            > cancel | cmd=cancel
            < There is nothing to cancel.
            > resume | cmd=resume
            < Back to: Report a pothole.
            < How big is it? [Small (a hand)] [Large (a tire)] [Dangerous]
            > en français | cmd=french
            < D'accord, on continue en français. Quelle taille ? [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > recommencer | cmd=start_over
            * ended report_pothole started_over
            < On recommence du début.
            < Où est le nid-de-poule ? Donnez une adresse ou un carrefour.
        "#]],
    );
}

#[test]
fn a_danger_found_at_the_recap_takes_the_urgent_way() {
    check(
        Web,
        Fr,
        "> nid de poule au 10 Cartier | i=report_pothole at=10-Cartier opt=size.small
        > non | no
        > non | no
        > non | no
        > en fait c'est dangereux | opt=size.danger fix
        > oui | yes",
        &expect![[r#"
            > nid de poule au 10 Cartier | i=report_pothole at=10-Cartier opt=size.small
            * call requests.find_near
            < Une photo ? Sinon dites « non ». [Passer]
            > non | no
            < Un détail utile à l'équipe ? [Passer]
            > non | no
            < Où vous prévenir quand c'est réparé ? [Passer]
            > non | no
            < J'envoie : Lieu : 10, rue Cartier ; Taille : Petit (une main). C'est bon ? [Oui] [Modifier] [Non]
            > en fait c'est dangereux | opt=size.danger fix
            < C'est corrigé. Taille : Dangereux.
            < Éloignez-vous ; je transmets en urgence.
            < J'envoie : Lieu : 10, rue Cartier ; Taille : Dangereux. C'est bon ? [Oui] [Modifier] [Non]
            > oui | yes
            * call requests.create
            < Merci ! Demande 26-001234-7.
            * ended report_pothole filed
        "#]],
    );
}

#[test]
fn a_change_by_name_that_fails_keeps_the_old_value() {
    check(
        Web,
        En,
        "> pothole at 10 Cartier, large | i=report_pothole en at=10-Cartier opt=size.large
        > no | no
        > no | no
        > no | no
        > change the address | name=place
        > in Montreal | at=!outside
        > 1 rue X | at=!not_found
        > blah | at=!not_found
        > | tap=change
        > | tap=change=notes
        > it is near the school
        > yes | yes",
        &expect![[r#"
            > pothole at 10 Cartier, large | i=report_pothole en at=10-Cartier opt=size.large
            * call requests.find_near
            < A photo? If not, say "no". [Skip]
            > no | no
            < Anything the crew should know? [Skip]
            > no | no
            < Where can we tell you when it is fixed? [Skip]
            > no | no
            < I will send: Place: 10 Rue Cartier; Size: Large (a tire). Is that right? [Yes] [Change] [No]
            > change the address | name=place
            < Where is the pothole? Give an address or an intersection.
            > in Montreal | at=!outside
            < 1 rue X is outside the city. Where is the pothole? Give an address or an intersection.
            > 1 rue X | at=!not_found
            < I can't find "1 rue X". The cross street?
            > blah | at=!not_found
            < I can't find "1 rue X". The cross street?
            < So I am keeping Place: 10 Rue Cartier.
            < I will send: Place: 10 Rue Cartier; Size: Large (a tire). Is that right? [Yes] [Change] [No]
            > | tap=change
            < What would you like to change? [Place] [Size] [Photo] [Details] [How to reach you]
            > | tap=change=notes
            < Anything the crew should know? [Skip]
            > it is near the school
            < Corrected. Details: it is near the school.
            < I will send: Place: 10 Rue Cartier; Size: Large (a tire); Details: it is near the school. Is that right? [Yes] [Change] [No]
            > yes | yes
            * call requests.create
            < Thank you! Request 26-001234-7.
            * ended report_pothole filed
        "#]],
    );
}

#[test]
fn a_duplicate_is_followed_instead_of_filed() {
    check(
        Web,
        Fr,
        "# near
        > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
        > oui | yes
        > 418-555-1234 | phone=418-555-1234",
        &expect![[r#"
            > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
            * call requests.find_near
            < Déjà signalé à 14, rue Cartier le vendredi 1er mai. Le même ? [Oui] [Non]
            > oui | yes
            < Où vous prévenir quand c'est réparé ? [Passer]
            > 418-555-1234 | phone=418-555-1234
            * private contact 90d
            * call requests.follow
            < Ajouté à la demande 26-001234-7.
            * ended report_pothole joined
        "#]],
    );
}

#[test]
fn one_of_several_places_is_picked() {
    check(
        Phone,
        Fr,
        "> un trou au 10 | i=report_pothole at=!several
        > le deuxième | pick=place=place2
        > oui | yes",
        &expect![[r#"
            > un trou au 10 | i=report_pothole at=!several
            < Laquelle de ces adresses ? Pour 10, rue Cartier, faites le 1. Pour 10, rue Royale, faites le 2. [10, rue Cartier] [10, rue Royale]
            > le deuxième | pick=place=place2
            * call requests.find_near
            < Quelle taille ? Pour Petit (une main), faites le 1. Pour Grand (un pneu), faites le 2. Pour Dangereux, faites le 3. [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > oui | yes
            < Choisissez une des réponses proposées. Quelle taille ? Pour Petit (une main), faites le 1. Pour Grand (un pneu), faites le 2. Pour Dangereux, faites le 3. [Petit (une main)] [Grand (un pneu)] [Dangereux]
        "#]],
    );
}

#[test]
fn what_was_not_heard_well_is_said_back() {
    check(
        Phone,
        En,
        "> pothole | i=report_pothole
        > 12 Cartier | at=~12-Cartier
        > no, 14 | no patch=14-Cartier
        > yes | yes",
        &expect![[r#"
            > pothole | i=report_pothole
            < Say the address or the intersection.
            > 12 Cartier | at=~12-Cartier
            < I understood "12 Rue Cartier". Is that right? For Yes, press 1. For No, press 2. [Yes] [No]
            > no, 14 | no patch=14-Cartier
            * call requests.find_near
            < How big is it? For Small (a hand), press 1. For Large (a tire), press 2. For Dangerous, press 3. [Small (a hand)] [Large (a tire)] [Dangerous]
            > yes | yes
            < Please pick one of the answers. How big is it? For Small (a hand), press 1. For Large (a tire), press 2. For Dangerous, press 3. [Small (a hand)] [Large (a tire)] [Dangerous]
        "#]],
    );
}

#[test]
fn nothing_understood_ends_with_a_person() {
    check(
        Web,
        Fr,
        "> blip
        > blop
        > blup
        # nobody
        > rappelez-moi
        > 418-555-1234 | phone=418-555-1234",
        &expect![[r#"
            > blip
            < Je ne peux pas aider pour cela. Je m'occupe des services de la ville. [Signaler un problème] [Suivre une demande] [Connaître le jour d'une collecte] [Parler à une personne]
            > blop
            < Je ne comprends toujours pas. Une personne peut vous aider. [Signaler un problème] [Suivre une demande] [Connaître le jour d'une collecte] [Parler à une personne]
            > blup
            < Je ne comprends toujours pas. Une personne peut vous aider.
            < Je vous passe une personne (Accueil).
            * handoff front_desk NotUnderstood ()
            < Personne n'a pu répondre à temps.
            * take back
            < Voulez-vous laisser un message ? Écrivez-le, ou dites « non ». [Passer]
            > rappelez-moi
            < Où vous rappeler ? Un téléphone ou un courriel. [Passer]
            > 418-555-1234 | phone=418-555-1234
            * private contact 90d
            * call inbox.leave_message
            < C'est noté. Une personne vous répondra aux heures d'ouverture.
            * ended human handed_over
        "#]],
    );
}

#[test]
fn an_unanswered_question_takes_the_flows_way_out() {
    check(
        Web,
        Fr,
        "# night
        > nid de poule | i=report_pothole
        > ?? | at=!not_found
        > ?? | at=!not_found
        > ?? | at=!not_found",
        &expect![[r#"
            > nid de poule | i=report_pothole
            < Où est le nid-de-poule ? Donnez une adresse ou un carrefour.
            > ?? | at=!not_found
            < Je ne trouve pas « 1 rue X ». La rue voisine ?
            > ?? | at=!not_found
            < Je ne trouve pas « 1 rue X ». La rue voisine ?
            > ?? | at=!not_found
            < Je ne trouve pas « 1 rue X ». La rue voisine ?
            < Personne n'est là en ce moment (Voirie et déneigement). Ouverture : mercredi 13 mai, 8 h 30.
            * call inbox.leave_message
            < C'est noté. Une personne vous répondra aux heures d'ouverture.
            * ended report_pothole handed_over
        "#]],
    );
}

#[test]
fn two_meanings_are_offered() {
    check(
        Web,
        En,
        "> something about the street | u=report_pothole,report_road_surface at=12-Cartier en
        > | tap=intent=report_road_surface",
        &expect![[r#"
            > something about the street | u=report_pothole,report_road_surface at=12-Cartier en
            < Did you mean: [Report a pothole] [Report a damaged or sinking road] [Something else]
            > | tap=intent=report_road_surface
            * call requests.find_near
            < What is wrong? [The road is sinking] [Cracks] [Bumps or ruts] [Worn pavement]
        "#]],
    );
}

#[test]
fn an_emergency_comes_before_any_question() {
    check(
        Web,
        Fr,
        "> ça sent le gaz | emergency=gas i=report_sewer
        > nid de poule | i=report_pothole
        > il y a un fil tombé | emergency=wire_down",
        &expect![[r#"
            > ça sent le gaz | emergency=gas i=report_sewer
            < Sortez tout de suite, sans toucher aux interrupteurs. Une fois dehors, appelez le 911.
            > nid de poule | i=report_pothole
            < Où est le nid-de-poule ? Donnez une adresse ou un carrefour.
            > il y a un fil tombé | emergency=wire_down
            < Restez à plus de 10 mètres des fils et de tout ce qu'ils touchent. Appelez le 911 maintenant.
            < Où est le nid-de-poule ? Donnez une adresse ou un carrefour.
        "#]],
    );
}

#[test]
fn silence_reminds_then_parks_and_a_word_resumes() {
    check(
        Web,
        Fr,
        "> nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
        # remind
        # park
        > gros | pick=size=large",
        &expect![[r#"
            > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
            * call requests.find_near
            < Quelle taille ? [Petit (une main)] [Grand (un pneu)] [Dangereux]
            < Êtes-vous toujours là ? Quelle taille ? [Petit (une main)] [Grand (un pneu)] [Dangereux]
            < Je mets la conversation de côté. Écrivez quand vous voulez pour continuer.
            * park
            > gros | pick=size=large
            < Rebonjour ! Nous étions à : Signaler un nid-de-poule.
            < Une photo ? Sinon dites « non ». [Passer]
        "#]],
    );
}

#[test]
fn an_agent_is_told_a_private_contact_with_its_middle_hidden() {
    check(
        Web,
        En,
        "
        > pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
        > skip | skip
        > skip | skip
        > 418-555-1234 | phone=418-555-1234
        > a person please | cmd=agent",
        &expect![[r#"
            > pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
            * call requests.find_near
            < A photo? If not, say "no". [Skip]
            > skip | skip
            < Anything the crew should know? [Skip]
            > skip | skip
            < Where can we tell you when it is fixed? [Skip]
            > 418-555-1234 | phone=418-555-1234
            * private contact 90d
            < I will send: Place: 12 Rue Cartier; Size: Large (a tire); How to reach you: 418-555-1234. Is that right? [Yes] [Change] [No]
            > a person please | cmd=agent
            < I am passing you to a person (Front desk).
            * handoff front_desk Asked (Place: 12 Rue Cartier; Size: Large (a tire); How to reach you: 418-•••-1234)
        "#]],
    );
}

#[test]
fn a_question_at_the_recap_corrects_nothing() {
    check(
        Web,
        En,
        "
        > pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
        > skip | skip
        > skip | skip
        > skip | skip
        > what day is garbage collection at 14 Cartier? | i=ask_collection en q at=14-Cartier part
        > garbage | opt=stream.garbage
        > yes | yes",
        &expect![[r#"
            > pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
            * call requests.find_near
            < A photo? If not, say "no". [Skip]
            > skip | skip
            < Anything the crew should know? [Skip]
            > skip | skip
            < Where can we tell you when it is fixed? [Skip]
            > skip | skip
            < I will send: Place: 12 Rue Cartier; Size: Large (a tire). Is that right? [Yes] [Change] [No]
            > what day is garbage collection at 14 Cartier? | i=ask_collection en q at=14-Cartier part
            < Which collection? [Garbage] [Recycling] [Compost] [Bulky items] [Yard waste] [Christmas trees]
            > garbage | opt=stream.garbage
            * call collection.next
            < Garbage: no collection is planned until next season.
            * ended collection_schedule answered
            < Shall we go on with: Report a pothole? [Yes] [No]
            > yes | yes
            < I will send: Place: 12 Rue Cartier; Size: Large (a tire). Is that right? [Yes] [Change] [No]
        "#]],
    );
}

#[test]
fn at_night_the_opening_hour_ends_its_sentence_once() {
    check(
        Sms,
        En,
        "
        # night
        > a person please | cmd=agent",
        &expect![[r#"
            > a person please | cmd=agent
            < No one is there right now (Front desk). Opens: Wednesday, May 13, 8:30 a.m.
            < Would you like to leave a message? Write it, or say "no". [Skip]
        "#]],
    );
}

#[test]
fn an_agent_takes_over_and_gives_back() {
    check(
        Web,
        En,
        "> pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
        > a person please | cmd=agent
        > hello?
        # agent accepted
        > it is deep
        # agent back
        > skip | skip",
        &expect![[r#"
            > pothole at 12 Cartier | i=report_pothole en at=12-Cartier opt=size.large
            * call requests.find_near
            < A photo? If not, say "no". [Skip]
            > a person please | cmd=agent
            < I am passing you to a person (Front desk).
            * handoff front_desk Asked (Place: 12 Rue Cartier; Size: Large (a tire))
            > hello?
            < Added for the person who will answer you. Say "cancel" to stop waiting.
            < A person is with you.
            > it is deep
            < The automated assistant is back.
            * take back
            * ended human back
            < Shall we go on with: Report a pothole? [Yes] [No]
            > skip | skip
            < Please pick one of the answers. Shall we go on with: Report a pothole? [Yes] [No]
        "#]],
    );
}

#[test]
fn a_status_without_a_number_goes_by_phone() {
    check(
        Web,
        En,
        "> where is my request | i=check_status en
        > I don't have it | dk
        > 418-555-1234 | phone=418-555-1234
        > 12 Cartier | at=12-Cartier",
        &expect![[r#"
            > where is my request | i=check_status en
            < What is the request number? [I don't have it]
            > I don't have it | dk
            < Which phone number did you give? (e.g. 418-555-0123)
            > 418-555-1234 | phone=418-555-1234
            * private phone 90d
            * call identity.owns_phone
            < To make sure: at which address was one of these requests?
            > 12 Cartier | at=12-Cartier
            * call identity.match_place
            * ended verify_phone verified
            * call requests.by_phone
            < No request for this phone.
            * ended check_status answered
        "#]],
    );
}

#[test]
fn a_number_that_no_case_has_is_asked_again_and_bounded() {
    check(
        Web,
        Fr,
        "> suivi 26-001234-7 | i=check_status number=26-001234-7
        > 26-001234-7 | number=26-001234-7
        > non | cmd=cancel",
        &expect![[r#"
            > suivi 26-001234-7 | i=check_status number=26-001234-7
            * call requests.get
            < Aucune demande 26-001234-7.
            < Quel est le numéro de la demande ? [Je ne l'ai pas]
            > 26-001234-7 | number=26-001234-7
            * call requests.get
            < Aucune demande 26-001234-7.
            < Quel téléphone aviez-vous donné ? (ex. : 418-555-0123)
            > non | cmd=cancel
            * ended verify_phone cancelled
            * ended check_status answered
            < C'est annulé ; rien n'a été envoyé. Dites « reprendre » pour y revenir.
        "#]],
    );
}

#[test]
fn any_category_is_filed_by_the_generic_flow() {
    check(
        Web,
        Fr,
        "> je veux signaler quelque chose | i=report_problem
        > lampadaire brûlé | i=report_street_light
        > 12 rue Cartier | at=12-Cartier
        > éteinte | pick=fault=out
        > un seul | pick=several=one
        > non | no
        > je ne sais pas | skip
        > non | no
        > depuis lundi
        > non | no
        > le lampadaire clignote, plutôt | opt=fault.flicker fix
        > oui | yes",
        &expect![[r#"
            > je veux signaler quelque chose | i=report_problem
            < Que voulez-vous signaler ? Dites-le en quelques mots.
            > lampadaire brûlé | i=report_street_light
            < À quel endroit ? Donnez une adresse, un carrefour ou un parc.
            > 12 rue Cartier | at=12-Cartier
            * call requests.find_near
            < Que fait la lumière ? [Éteinte] [Clignote] [Allumée le jour] [Poteau penché ou brisé]
            > éteinte | pick=fault=out
            < Une seule lumière ou plusieurs ? [Une seule] [Plusieurs] [Toute la rue]
            > un seul | pick=several=one
            < Voyez-vous un fil ou une porte ouverte au bas du poteau ? N'y touchez pas. [Oui] [Non]
            > non | no
            < Quel est le numéro sur le poteau, si vous le voyez ? [Passer]
            > je ne sais pas | skip
            < Avez-vous une photo ? Sinon dites « non ». [Passer]
            > non | no
            < Un détail à ajouter pour l'équipe ? [Passer]
            > depuis lundi
            < Où vous joindre pour la suite ? Un téléphone ou un courriel, ou « non ». [Passer]
            > non | no
            < J'envoie : Sujet : Lampadaire défectueux ; Lieu : 12, rue Cartier ; Problème : Éteinte ; Nombre : Une seule ; Fil apparent : Non ; Détails : depuis lundi. C'est bon ? [Oui] [Modifier] [Non]
            > le lampadaire clignote, plutôt | opt=fault.flicker fix
            < C'est corrigé. Problème : Clignote.
            < J'envoie : Sujet : Lampadaire défectueux ; Lieu : 12, rue Cartier ; Problème : Clignote ; Nombre : Une seule ; Fil apparent : Non ; Détails : depuis lundi. C'est bon ? [Oui] [Modifier] [Non]
            > oui | yes
            * call requests.create
            < Merci ! Votre demande porte le numéro 26-001234-7. Gardez-le pour la suivre.
            * ended report filed
        "#]],
    );
}

#[test]
fn an_old_button_changes_its_answer_and_a_strange_one_is_told() {
    check(
        Web,
        Fr,
        "> nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
        > | tap=size=small
        > | tap=size=large
        > | tap=other=thing
        > photo | photo",
        &expect![[r#"
            > nid de poule au 12 Cartier | i=report_pothole at=12-Cartier
            * call requests.find_near
            < Quelle taille ? [Petit (une main)] [Grand (un pneu)] [Dangereux]
            > | tap=size=small
            < Une photo ? Sinon dites « non ». [Passer]
            > | tap=size=large
            < C'est corrigé. Taille : Grand (un pneu).
            < Une photo ? Sinon dites « non ». [Passer]
            > | tap=other=thing
            < Ce bouton n'est plus valable. Une photo ? Sinon dites « non ». [Passer]
            > photo | photo
            < Un détail utile à l'équipe ? [Passer]
        "#]],
    );
}
