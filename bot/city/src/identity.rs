//! Whether a phone number is the resident's own, before anything about it is told.

use bot_core::value::Record;
use bot_core::{Channel, Place};
use bot_store::{Result, Tx};

use crate::actions::{CallContext, ERROR, Returned};
use crate::inputs::Inputs;

/// Cases looked at for a phone number.
const MAX_CASES: u32 = 50;
/// How near a place must be to that of a case to count as the same.
const SAME_PLACE_METRES: f64 = 60.0;

/// `identity.owns_phone`: the resident writes or calls from this very number.
pub(crate) async fn owns_phone(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    inputs: &Record,
) -> Result<Returned> {
    let Some(phone) = Inputs(inputs).phone() else { return Ok(Returned::plain(ERROR)) };
    let by_phone = matches!(context.conversation.channel, Channel::Sms | Channel::Phone);
    let identity = tx.identities().get(context.conversation.identity).await?;
    let same = identity.is_some_and(|identity| by_phone && identity.address == phone.as_str());
    Ok(Returned::plain(if same { "same" } else { "other" }))
}

/// `identity.match_place`: the resident knows the place of a case filed with this number.
pub(crate) async fn match_place(tx: &mut dyn Tx, inputs: &Record) -> Result<Returned> {
    let inputs = Inputs(inputs);
    let (Some(phone), Some(place)) = (inputs.phone(), inputs.place()) else {
        return Ok(Returned::plain(ERROR));
    };
    let cases = tx.cases().by_contact(phone.as_str(), MAX_CASES).await?;
    let same =
        cases.iter().filter_map(|case| case.place.as_ref()).any(|known| is_same(known, place));
    Ok(Returned::plain(if same { "same" } else { "other" }))
}

fn is_same(a: &Place, b: &Place) -> bool {
    let same_door = a.street.is_some() && a.street == b.street && a.number == b.number;
    same_door || a.at.metres_to(b.at) <= SAME_PLACE_METRES
}
