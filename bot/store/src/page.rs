//! Bounds on lists.

/// The most rows that one call gives.
pub const MAX_PAGE_ROWS: u32 = 1_000;

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    offset: u32,
    limit: u32,
}

impl Page {
    /// Makes a page; `limit` stops at [`MAX_PAGE_ROWS`].
    #[must_use]
    pub const fn new(offset: u32, limit: u32) -> Self {
        Self { offset, limit: clamp(limit) }
    }

    /// Gives the first page.
    #[must_use]
    pub const fn first(limit: u32) -> Self {
        Self::new(0, limit)
    }

    /// Gives how many rows come before it.
    #[must_use]
    pub const fn offset(self) -> u32 {
        self.offset
    }

    /// Gives how many rows it has at most.
    #[must_use]
    pub const fn limit(self) -> u32 {
        self.limit
    }
}

/// Keeps a number of rows within [`MAX_PAGE_ROWS`].
#[must_use]
pub const fn clamp(n_rows: u32) -> u32 {
    if n_rows < MAX_PAGE_ROWS { n_rows } else { MAX_PAGE_ROWS }
}
