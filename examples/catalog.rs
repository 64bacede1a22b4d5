//! Every metric of the examples: `cargo run --example catalog -- --help`.

// Naming a crate is what makes the linker keep its declarations.
use caxton_example as _;
use caxton_runtime as _;

fn main() -> std::process::ExitCode {
    caxton_instrument_export::catalog::main()
}
