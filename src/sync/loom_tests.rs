//! Models of the primitives in this module.
