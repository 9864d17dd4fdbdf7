//! pixlog
fn main() {}
