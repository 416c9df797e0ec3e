//! The arithmetic of neural networks on a processor: products of matrices, and what stands between them.
//!
//! Lives here: kernels that know nothing of what they are used for. `pulp` compiles them for each kind
//! of processor and takes the best that this one has. Never here: a model, its layers, its file.

mod blocks;
mod panels;
pub mod recall;
pub mod rows;
pub mod tiles;

pub use blocks::{BLOCK, Blocks};
pub use panels::{Panels, Room};
