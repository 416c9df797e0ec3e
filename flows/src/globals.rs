//! Texts that every city must have: what the counter says whatever the flow.
//!
//! Each has a key in `texts.yml` and the placeholders it may use.

use bot_core::Channel;

/// A text that the engine says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlobalText {
    /// Its key in `texts.yml`.
    pub key: &'static str,
    /// The placeholders it may use.
    pub holes: &'static [&'static str],
    /// When it is said.
    pub when: &'static str,
}

impl GlobalText {
    /// Gives the one channel that a text is for, where it is for one alone: its key begins so.
    #[must_use]
    pub fn only_on(&self) -> Option<Channel> {
        let of = |prefixes: &[&str]| prefixes.iter().any(|prefix| self.key.starts_with(prefix));
        match () {
            () if of(&["phone_"]) => Some(Channel::Phone),
            () if of(&["sms_"]) => Some(Channel::Sms),
            () if of(&["case_", "form_", "voicemail_", "widget_"]) => Some(Channel::Web),
            () => None,
        }
    }
}

macro_rules! globals {
    ($($key:literal [$($hole:literal),*] $when:literal;)+) => {
        /// Every text that the engine says by itself.
        pub const GLOBAL_TEXTS: &[GlobalText] = &[
            $(GlobalText { key: $key, holes: &[$($hole),*], when: $when }),+
        ];
    };
}

globals! {
    "again" [] "an answer was not understood; the question follows";
    "again_choice" [] "an answer is none of those on offer; the question follows";
    "again_malformed" [] "a value is not written as such a value is";
    "again_too_early" [] "a day is before the first allowed";
    "again_too_late" [] "a day is after the last allowed";
    "again_too_small" ["limit"] "a number is below the smallest allowed";
    "again_too_large" ["limit"] "a number is above the largest allowed";
    "again_too_long" ["limit"] "a text is longer than allowed";
    "again_wrong_kind" [] "a file is not a picture";
    "read_back" ["heard"] "a value is said back to be sure of it";
    "prefill_offer" ["heard"] "a value that the profile holds is offered";
    "changed" ["label", "value"] "a value was corrected";
    "kept_old" ["label", "value"] "a correction was refused, and the old value stays";
    "change_what" [] "something is to be changed, and it is not clear what";
    "choice_gone" [] "a button of a question that is no longer open was tapped";
    "cancelled" [] "the flow was dropped at the resident's word";
    "nothing_to_cancel" [] "cancel, and nothing is in progress";
    "nothing_to_repeat" [] "repeat, and nothing was said";
    "nothing_before" [] "back, and no question came before";
    "went_back" [] "back; the question before follows";
    "nothing_to_resume" [] "resume, and nothing was put aside";
    "started_over" [] "start over";
    "hello_again" [] "the resident greets, and was welcomed already";
    "help" [] "help, and nothing is in progress";
    "help_in_flow" ["title"] "help in a flow; the question follows";
    "why" [] "why, and the slot has no reason of its own";
    "language_switched" [] "the language was switched, said in the new one";
    "did_you_mean" [] "two or three intents are meant; their titles follow as choices";
    "out_of_scope" [] "nothing that the counter can do";
    "out_of_scope_again" [] "nothing that the counter can do, once more";
    "not_on_this_channel" ["title"] "a flow does not serve this channel";
    "finish_first" ["title", "other"] "another flow may not interrupt this one";
    "resume_ask" ["title"] "after a digression: shall we go on?";
    "resumed" ["title"] "the interrupted flow goes on; its question follows";
    "dropped" ["title"] "the interrupted flow was dropped";
    "reminder" [] "silence; the question follows";
    "parked" [] "more silence; the conversation is put aside";
    "welcome_back" ["title"] "the resident writes again after a pause";
    "one_moment" [] "an action is still running";
    "unreadable" [] "a message with nothing in it to read";
    "truncated" ["limit"] "a message was cut";
    "handoff" ["queue"] "the conversation goes to a person";
    "handoff_closed" ["queue", "opens"] "no one is there at this hour";
    "handoff_waiting" [] "a message while waiting for an agent";
    "handoff_accepted" [] "an agent has taken the conversation";
    "handoff_back" [] "the automated agent is back";
    "handoff_left" [] "the resident no longer waits for an agent";
    "handoff_nobody" [] "no agent has come";
    "fault" [] "something in the flow is broken; a person takes over";
    "flow_changed" [] "the flow was changed while the conversation was put aside";
    "offer" ["n", "label"] "a choice in a text or read aloud";
    "summary_line" ["label", "value"] "a line of the recap";
    "summary_unknown" [] "a value that the resident does not know, in the recap";
    "photos" ["n"] "pictures, in the recap";
    "point" [] "a position on the map without a name";
    "yes" [] "the button for yes";
    "no" [] "the button for no";
    "skip" [] "the button to go on without";
    "dont_know" [] "the button for \"I don't know\"";
    "change" [] "the button to change something at the recap";
    "other" [] "the button for none of these";
    "person" [] "the button for a person";
    "label_address" [] "the recap's name for an address";
    "label_affirm_deny" [] "the recap's name for yes or no";
    "label_choice" [] "the recap's name for a choice";
    "label_text" [] "the recap's name for free words";
    "label_image" [] "the recap's name for pictures";
    "label_contact" [] "the recap's name for a contact";
    "label_request_number" [] "the recap's name for a case number";
    "label_phone" [] "the recap's name for a phone number";
    "label_email" [] "the recap's name for an e-mail address";
    "label_postal_code" [] "the recap's name for a postal code";
    "label_date" [] "the recap's name for a day";
    "label_time" [] "the recap's name for a time";
    "label_number" [] "the recap's name for a number";
    "label_service" [] "the recap's name for a category";
    "label_faq" [] "the recap's name for a question";
    "case_title" ["number"] "the public page of a request: its heading";
    "case_state" [] "the public page of a request: the name of where it stands";
    "case_filed" [] "the public page of a request: the name of the day it was filed";
    "case_expected" [] "the public page of a request: the name of the day it is to be done";
    "case_history" [] "the public page of a request: above what has happened";
    "case_unknown" [] "the public page of a number that no request has";
    "case_counter" [] "the public page of a request: the link to the counter";
    "case_new" [] "the public page of a request: where it stands, new";
    "case_triaged" [] "the public page of a request: where it stands, triaged";
    "case_in_progress" [] "the public page of a request: where it stands, in progress";
    "case_scheduled" [] "the public page of a request: where it stands, scheduled";
    "case_waiting_resident" [] "the public page of a request: where it stands, waiting resident";
    "case_referred" [] "the public page of a request: where it stands, referred";
    "case_resolved" [] "the public page of a request: where it stands, resolved";
    "case_closed" [] "the public page of a request: where it stands, closed";
    "case_duplicate" [] "the public page of a request: where it stands, duplicate";
    "case_not_responsible" [] "the public page of a request: where it stands, not responsible";
    "case_no_action" [] "the public page of a request: where it stands, no action";
    "case_cancelled" [] "the public page of a request: where it stands, cancelled";
    "case_reopened" [] "the public page of a request: where it stands, reopened";
    "phone_greeting" [] "the telephone: who answers, and what becomes of what is said; heard whole";
    "phone_other_language" [] "the telephone: the other language, offered in itself; key 2";
    "phone_wait" [] "the telephone: the answer is not there yet";
    "phone_silent" [] "the telephone: nothing was heard; the question follows";
    "phone_more" [] "the telephone: nothing is asked; anything else?";
    "phone_position" ["n"] "the telephone: the caller's place among those who wait";
    "phone_hold" [] "the telephone: what whoever waits may do; key 1 takes a message instead";
    "phone_ringing" [] "the telephone: it rings at a person's telephone";
    "phone_announce" ["days"] "the telephone: a message will be recorded, why, and for how long; key 1 goes on without";
    "phone_thanks" [] "the telephone: the message was taken";
    "phone_goodbye" [] "the telephone: the call ends without a message";
    "phone_whisper" ["caller", "summary"] "the telephone: what the person hears before the caller; any key takes the call";
    "sms_filed" ["number", "service", "place", "link"] "a text message: a voicemail has become a request";
    "sms_taken" [] "a text message: a voicemail was taken, and the counter asks what is missing";
    "sms_stopped" [] "a text message: no more will come; START brings them back";
    "sms_started" [] "a text message: messages come again";
    "sms_help" [] "a text message: who writes, and how to stop it";
    "voicemail_title" [] "the page of a voicemail: its heading";
    "voicemail_caller" [] "the page of a voicemail: who called";
    "voicemail_at" [] "the page of a voicemail: when";
    "voicemail_audio" [] "the page of a voicemail: the name of the player";
    "voicemail_words" [] "the page of a voicemail: above the words that were heard";
    "voicemail_doubt" [] "the page of a voicemail: what marked words mean";
    "voicemail_mended" [] "the page of a voicemail: what words with dots under them mean";
    "voicemail_understood" [] "the page of a voicemail: above what was understood";
    "voicemail_waiting" [] "the page of a voicemail: the words are not there yet";
    "voicemail_speechless" [] "the page of a voicemail: nobody speaks in it";
    "voicemail_lost" [] "the page of a voicemail: the sound could not be had or read";
    "voicemail_more" [] "the page of a voicemail: above the field for what is missing or wrong";
    "voicemail_send" [] "the page of a voicemail: the button that sends it";
    "voicemail_kept" [] "the page of a voicemail: what was written is kept";
    "voicemail_gone" [] "the page of a voicemail: the link is over, or there is no such voicemail";
    "form_title" [] "the page without a script: its heading";
    "form_lead" [] "the page without a script: what the counter is";
    "form_phone" [] "the page without a script: whom to call instead";
    "form_words" [] "the page without a script: above the field of the first message";
    "form_example" [] "the page without a script: an example of a first message";
    "form_photo" ["mb"] "the page without a script: above the field for photos";
    "form_look" [] "the page without a script: the button that shows what is new";
    "form_earlier" [] "the page without a script: older messages are left out";
    "form_files" ["n"] "the page without a script: files that came with a message and are no pictures";
    "form_waiting" [] "the page without a script: the message is kept, the answer is not there yet";
    "form_nothing_new" [] "the page without a script: nothing was said since";
    "form_closed" [] "the page without a script: the conversation is closed";
    "form_expired" [] "the page without a script: it was open for too long";
    "form_empty" [] "the page without a script: nothing was written";
    "form_too_large" ["mb"] "the page without a script: a photo is too large";
    "form_wrong_type" [] "the page without a script: a file is of a type that is not taken";
    "form_too_many" [] "the page without a script: too much at once";
    "form_broken" [] "the page without a script: the form did not come whole";
    "form_elsewhere" [] "the page without a script: the form came from another site";
    "form_unavailable" [] "the page without a script: the counter cannot take the message now";
    "widget_open" [] "the button on a page that opens the web chat";
    "widget_close" [] "the web chat: closes it";
    "widget_conversation" [] "the web chat: the name of the list of messages";
    "widget_bot" [] "the web chat: the name of the automated agent";
    "widget_agent" [] "the web chat: the name of an agent";
    "widget_system" [] "the web chat: the name of the counter itself";
    "widget_you" [] "the web chat: the name of the resident";
    "widget_state_bot" [] "the web chat: the automated agent answers";
    "widget_state_queued" [] "the web chat: an agent is to come";
    "widget_state_human" [] "the web chat: an agent answers";
    "widget_offline" [] "the web chat: the counter cannot be reached";
    "widget_late" [] "the web chat: an answer takes long";
    "widget_message" [] "the web chat: the name of the field to write in";
    "widget_write" [] "the web chat: in the empty field";
    "widget_send" [] "the web chat: sends the message";
    "widget_sending" [] "the web chat: a message is on its way";
    "widget_kept" [] "the web chat: a message waits for the connection";
    "widget_failed" [] "the web chat: a message was refused";
    "widget_again" [] "the web chat: takes a refused message up again";
    "widget_too_fast" [] "the web chat: too many messages at once";
    "widget_choices" [] "the web chat: the name of the answers on offer";
    "widget_newer" [] "the web chat: leads to the end of the conversation";
    "widget_unread" ["n"] "the web chat: how many messages nobody has read";
    "widget_photo" [] "the web chat: attaches a photo";
    "widget_photo_alt" [] "the web chat: stands for a photo";
    "widget_audio" [] "the web chat: stands for a voice note";
    "widget_file" [] "the web chat: stands for any other file";
    "widget_remove" [] "the web chat: takes a file away before it is sent";
    "widget_too_large" [] "the web chat: a file is too large";
    "widget_bad_file" [] "the web chat: a file is of a kind that is not taken";
    "widget_too_many_files" [] "the web chat: too many files for one message";
    "widget_position" [] "the web chat: sends where the resident is";
    "widget_my_position" [] "the web chat: the words sent with a position";
    "widget_locating" [] "the web chat: the position is being found";
    "widget_no_position" [] "the web chat: the position cannot be found";
    "widget_menu" [] "the web chat: the name of the menu";
    "widget_new" [] "the web chat: begins another conversation";
    "widget_back" [] "the web chat: goes back to the conversation before";
    "widget_ended" [] "the web chat: the conversation was closed, and another begun";
    "widget_print" [] "the web chat: prints the conversation";
    "widget_no_window" [] "the web chat: the browser opens no window to print";
    "widget_no_embed" [] "the web chat on a site that may not show it";
    "widget_visit" [] "the web chat on a site that may not show it: the link to the counter";
}

/// Finds a global text by its key.
#[must_use]
pub fn find(key: &str) -> Option<&'static GlobalText> {
    GLOBAL_TEXTS.iter().find(|text| text.key == key)
}
