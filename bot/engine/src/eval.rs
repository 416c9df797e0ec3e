//! Expressions and conditions, evaluated in a flow's scope. Nothing here can fail: what is not
//! known makes a condition false.

use bot_core::Value;
use bot_core::value::Answer;
use flows::model::expression::{Condition, Expression, Path, State};
use flows::render::Values;
use std::cmp::Ordering;

use crate::scope::Scope;

/// Gives an expression's value.
pub(crate) fn expression(scope: &Scope<'_>, expression: &Expression) -> Option<Value> {
    match expression {
        Expression::Literal(value) => Some(value.clone()),
        Expression::Path(path) => scope.value(path),
    }
}

/// Tells whether a condition holds.
pub(crate) fn holds(scope: &Scope<'_>, condition: &Condition) -> bool {
    match condition {
        Condition::Is(path, state) => is(scope, path, state),
        Condition::Compare(left, sign, right) => {
            let (left, right) = (expression(scope, left), expression(scope, right));
            left.zip(right).is_some_and(|(a, b)| sign.holds(compare(&a, &b)))
        }
        Condition::Not(inner) => !holds(scope, inner),
        Condition::And(left, right) => holds(scope, left) && holds(scope, right),
        Condition::Or(left, right) => holds(scope, left) || holds(scope, right),
    }
}

fn is(scope: &Scope<'_>, path: &Path, state: &State) -> bool {
    match state {
        State::Known => scope.value(path).is_some(),
        State::Unknown => scope.value(path).is_none(),
        State::Declined => scope.answer(&path.root) == Some(&Answer::Declined),
        State::Member(member) => {
            if let Some(open) = scope.is_open(path) {
                return member == if open { "open" } else { "closed" };
            }
            match scope.value(path) {
                Some(Value::Choice(key)) => key == *member,
                Some(Value::Bool(yes)) => member == if yes { "affirm" } else { "deny" },
                _ => false,
            }
        }
    }
}

/// Orders two values of one type; where a type has no order, other values count as less.
fn compare(left: &Value, right: &Value) -> Ordering {
    let same = |equal: bool| {
        if equal { Ordering::Equal } else { Ordering::Less }
    };
    match (left, right) {
        (Value::Number(a), Value::Number(b)) | (Value::SpanMs(a), Value::SpanMs(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        // A category or option may be compared with its name written out.
        (Value::Service(a) | Value::Choice(a), Value::Text(b))
        | (Value::Text(b), Value::Service(a) | Value::Choice(a)) => same(a == b),
        (a, b) => same(a == b),
    }
}
