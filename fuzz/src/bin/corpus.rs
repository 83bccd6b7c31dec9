//! Writes inputs to begin with for each fuzz target, to `corpus/` in this folder,
//! where `cargo fuzz` looks for them.

use checks::TARGETS;
use checks::seeds::Random;

/// How many for each target.
const COUNT: u64 = 64;

fn main() -> std::io::Result<()> {
    for target in TARGETS {
        let folder = format!("{}/corpus/{}", env!("CARGO_MANIFEST_DIR"), target.name);
        std::fs::create_dir_all(&folder)?;
        for seed in 1..=COUNT {
            let input = (target.seed)(&mut Random(seed));
            std::fs::write(format!("{folder}/seed-{seed}"), input)?;
        }
    }
    Ok(())
}
