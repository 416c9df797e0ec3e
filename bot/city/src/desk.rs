//! Messages left for the people of the desk.

use bot_core::effect::Call;
use bot_core::id::CallbackId;
use bot_store::callbacks::NewCallback;
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::parties::contact_key;
use bot_store::{Result, Tx};

use crate::actions::{CallContext, ERROR, Returned};
use crate::inputs::{Inputs, once_key};

/// `inbox.leave_message`: someone of a queue is to answer when there is time.
pub(crate) async fn leave_message(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    call: &Call,
) -> Result<Returned> {
    let inputs = Inputs(&call.inputs);
    let Some(queue) = inputs.text("queue").filter(|q| context.city.info.queues.contains_key(*q))
    else {
        return Ok(Returned::plain(ERROR));
    };
    let callback = NewCallback {
        id: CallbackId::new(context.now, context.chance),
        conversation: context.conversation.id,
        queue: queue.to_owned(),
        lang: context.lang,
        message: inputs.text("message").unwrap_or_default().to_owned(),
        contact: inputs.contact().map(|contact| contact_key(contact).to_owned()),
        once: once_key(context.conversation.id, call),
        at: context.now,
    };
    if tx.callbacks().add(&callback).await?.is_fresh() {
        let body = serde_json::json!({ "callback": callback.id, "queue": queue });
        let event = NewDeskEvent {
            conversation: Some(context.conversation.id),
            kind: DeskKind::Conversation,
            body: body.to_string(),
            at: context.now,
        };
        tx.desk().append(&event).await?;
    }
    Ok(Returned::plain("ok"))
}
