//! Texts that are encoded together.

/// Deals texts into batches of at most `most` tokens; a longer text is a batch by itself.
pub(crate) fn batches(texts: &[Vec<u32>], most: usize) -> impl Iterator<Item = &[Vec<u32>]> {
    let mut rest = texts;
    std::iter::from_fn(move || {
        let mut n_tokens = 0;
        let fits = |text: &&Vec<u32>| {
            n_tokens += text.len();
            n_tokens <= most
        };
        let n_texts = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (batch, later) = rest.split_at_checked(n_texts)?;
        rest = later;
        (!batch.is_empty()).then_some(batch)
    })
}
