//! Real servers, certificates and faults for the tests of this package.
