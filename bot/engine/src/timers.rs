//! Silence: a reminder, then the conversation is put aside until the resident writes again.

use bot_core::effect::Effect;
use bot_core::event::{HandoffNews, Timer};
use std::time::Duration;

use crate::session::{Owner, Waiting};
use crate::work::Work;

impl Work<'_> {
    /// Sets the timer that this turn leaves behind.
    pub(crate) fn set_timers(&mut self) {
        let calling = matches!(
            self.session.top().and_then(|frame| frame.waiting.as_ref()),
            Some(Waiting::Call { .. })
        );
        if self.session.owner != Owner::Bot || calling || self.session.parked {
            return;
        }
        let settings = self.city.channel(self.session.channel);
        let busy = self.session.pending.is_some() || !self.session.stack.is_empty();
        let (timer, after_ms) = match (busy, self.session.reminded) {
            (true, false) => (Timer::Remind, settings.remind_ms),
            (true, true) => (Timer::Park, settings.park_ms),
            (false, _) => (Timer::Park, settings.remind_ms.saturating_add(settings.park_ms)),
        };
        self.session.timer_token = self.session.timer_token.wrapping_add(1);
        let (token, at) =
            (self.session.timer_token, self.now().plus(Duration::from_millis(after_ms)));
        self.effects.push(Effect::SetTimer { timer, token, at });
    }

    /// A timer has run out.
    pub(crate) fn timed_out(&mut self, timer: Timer, token: u32) {
        if token != self.session.timer_token {
            self.note("timer ignored", "it was set for an earlier turn");
            return;
        }
        match (timer, self.session.owner) {
            (Timer::Handoff, Owner::Queue) => self.handoff_news(HandoffNews::Nobody),
            (Timer::Remind, Owner::Bot) if self.session.pending.is_some() => {
                self.session.reminded = true;
                let reminder = self.global("reminder", &[]);
                self.say_then_restate(&reminder);
            }
            (Timer::Remind | Timer::Park, Owner::Bot) => self.park(),
            (Timer::Handoff | Timer::Remind | Timer::Park, _) => {
                self.note("timer ignored", "someone else has the conversation");
            }
        }
    }

    fn park(&mut self) {
        if !self.session.stack.is_empty() {
            self.say_global("parked", &[]);
        }
        self.session.parked = true;
        self.effects.push(Effect::ClearTimer);
        self.effects.push(Effect::Park);
    }
}
