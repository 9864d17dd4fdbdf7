//! A store in memory for tests, which fails or loses power on demand.

/// TODO
#[derive(Debug)]
pub struct MemoryStore;
/// TODO
#[derive(Debug)]
pub enum Fault {}
