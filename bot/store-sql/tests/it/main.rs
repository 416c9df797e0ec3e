//! Both stores as whole: the contract, looks, faults, several processes at once, and rings between them.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod examine;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod wake;
