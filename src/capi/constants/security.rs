//! Security mechanisms and the kinds of GSSAPI names.

use std::ffi::c_int;

/// No security.
pub const ZMQ_NULL: c_int = 0;
/// Name and password, in clear.
pub const ZMQ_PLAIN: c_int = 1;
/// Keys and encryption by elliptic curves.
pub const ZMQ_CURVE: c_int = 2;
/// Kerberos.
pub const ZMQ_GSSAPI: c_int = 3;

/// A host-based service name.
pub const ZMQ_GSSAPI_NT_HOSTBASED: c_int = 0;
/// A local user name.
pub const ZMQ_GSSAPI_NT_USER_NAME: c_int = 1;
/// A Kerberos principal.
pub const ZMQ_GSSAPI_NT_KRB5_PRINCIPAL: c_int = 2;
