//! A quick deflate coder for what a run leaves behind: cells of any colour scattered over white.
//!
//! There is nothing in such a picture but byte frequencies and runs of the background, so this looks for nothing else:
//! a Huffman code made for each band, and matches at distance 1, found a word at a time. It takes a third of the time of
//! `miniz_oxide`'s fastest level there, and comes out smaller. Numbers and tables are those of RFC 1951; the code lengths are
//! D. Huffman's ("A Method for the Construction of Minimum-Redundancy Codes", Proc. IRE 40(9), 1952) by the two-queue
//! method of J. van Leeuwen (1976). That four codes fit a word is an idea of fpnge and fdeflate.

/// Literals 0 to 255, the end of the block, and the 29 symbols of lengths.
const SYMBOLS: usize = 286;
const END_OF_BLOCK: usize = 256;

/// Deflate allows 15. With 12, four codes and what is left of a byte fit a word of 64 bits.
const CODE_BITS_MAX: u8 = 12;

/// A match is 3 to 258 bytes long.
const MATCH_MIN: usize = 3;
const MATCH_MAX: usize = 258;

/// What a block takes beside its contents, in bits: the header with the code, and the alignment.
const OVERHEAD_BITS: u64 = 3 + 14 + 19 * 3 + (SYMBOLS as u64 + 1) * 4 + 42;

/// Bytes that are written one by one, then a run that repeats the last of them.
#[derive(Debug, Clone, Copy)]
struct Segment {
    literals: usize,
    run: usize,
}

/// Turns bytes into blocks; holds what it needs for that from band to band.
#[derive(Debug, Default)]
pub(super) struct RunCoder {
    segments: Vec<Segment>,
}

impl RunCoder {
    /// How many bytes `bytes` take when they are encoded as a part of a block, its header left out.
    pub(super) fn estimate(&mut self, bytes: &[u8]) -> usize {
        self.split(bytes);
        let counts = self.count(bytes);
        usize::try_from(content_bits(&counts, &code_lengths(&counts)) / 8).unwrap_or(usize::MAX)
    }

    /// Appends `bytes` as one block and an empty stored one, which ends on a whole byte. `false`: it would be longer
    /// than `bytes`, and nothing was appended.
    pub(super) fn encode(&mut self, bytes: &[u8], to: &mut Vec<u8>) -> bool {
        self.split(bytes);
        let counts = self.count(bytes);
        let lengths = code_lengths(&counts);
        let bits = content_bits(&counts, &lengths) + OVERHEAD_BITS;
        if bits / 8 >= bytes.len() as u64 {
            return false;
        }
        let start = to.len();
        to.resize(start + usize::try_from(bits / 8).unwrap_or_default() + 16, 0);
        let mut writer = BitWriter { to: &mut to[start..], bytes: 0, bits: 0, count: 0 };
        write_header(&mut writer, &lengths);
        let codes = canonical_codes(&lengths);
        let mut rest = bytes;
        for segment in &self.segments {
            let (literals, after) = rest.split_at(segment.literals);
            write_literals(&mut writer, literals, &codes, &lengths);
            for length in matches(segment.run) {
                write_match(&mut writer, length, &codes, &lengths);
            }
            rest = &after[segment.run..];
        }
        writer.write(codes[END_OF_BLOCK], lengths[END_OF_BLOCK].into());
        let written = writer.align();
        to.truncate(start + written);
        true
    }

    /// Finds the runs: wherever a word repeats the byte before it. Shorter ones gain next to nothing, since a byte that
    /// is frequent enough to make them has a code of a bit or two.
    fn split(&mut self, bytes: &[u8]) {
        self.segments.clear();
        let (mut at, mut start) = (0, 0);
        while let Some((word, after)) = bytes.get(at..).and_then(<[u8]>::split_first_chunk::<8>) {
            let [.., last] = *word;
            let Some(next) = after.first_chunk() else { break };
            at += 8;
            let repeated = [last; 8];
            if *next != repeated {
                continue;
            }
            let different = u64::from_le_bytes(*word) ^ u64::from_le_bytes(repeated);
            let before = different.leading_zeros() as usize / 8 - 1;
            let run = before + run_length(last, after);
            let literals = at - before - start;
            self.segments.push(Segment { literals, run });
            start += literals + run;
            at = start;
        }
        self.segments.push(Segment { literals: bytes.len() - start, run: 0 });
    }

    /// How often each symbol occurs.
    fn count(&self, bytes: &[u8]) -> [u32; SYMBOLS] {
        // One table for each of four neighbours: adding to the same number twice in a row would wait for memory.
        let mut tables = [[0_u32; 256]; 4];
        let mut counts = [0; SYMBOLS];
        counts[END_OF_BLOCK] = 1;
        let mut rest = bytes;
        for segment in &self.segments {
            let (literals, after) = rest.split_at(segment.literals);
            let (groups, tail) = literals.as_chunks::<4>();
            for group in groups {
                for (table, byte) in tables.iter_mut().zip(group) {
                    table[usize::from(*byte)] += 1;
                }
            }
            for byte in tail {
                tables[0][usize::from(*byte)] += 1;
            }
            for length in matches(segment.run) {
                counts[length_symbol(length).0] += 1;
            }
            rest = &after[segment.run..];
        }
        for (symbol, count) in counts.iter_mut().enumerate().take(256) {
            *count = tables.iter().map(|table| table[symbol]).sum();
        }
        counts
    }
}

/// A run as lengths of matches, none of them too short.
fn matches(run: usize) -> impl Iterator<Item = usize> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let most = if rest > MATCH_MAX && rest < MATCH_MAX + MATCH_MIN { MATCH_MAX - MATCH_MIN } else { MATCH_MAX };
        let length = rest.min(most);
        rest -= length;
        (length > 0).then_some(length)
    })
}

fn write_literals(writer: &mut BitWriter<'_>, literals: &[u8], codes: &[u64; SYMBOLS], lengths: &[u8; SYMBOLS]) {
    let (groups, tail) = literals.as_chunks::<4>();
    for group in groups {
        let (mut bits, mut count) = (0, 0);
        for byte in group {
            bits |= codes[usize::from(*byte)] << count;
            count += u32::from(lengths[usize::from(*byte)]);
        }
        writer.write(bits, count);
    }
    for byte in tail {
        writer.write(codes[usize::from(*byte)], lengths[usize::from(*byte)].into());
    }
}

/// Its code, the extra bits, and the one bit that says distance 1.
fn write_match(writer: &mut BitWriter<'_>, length: usize, codes: &[u64; SYMBOLS], lengths: &[u8; SYMBOLS]) {
    let (symbol, extra, extra_bits) = length_symbol(length);
    let count = u32::from(lengths[symbol]);
    writer.write(codes[symbol] | extra << count, count + extra_bits + 1);
}

/// How many of the first `bytes` are `byte`.
fn run_length(byte: u8, bytes: &[u8]) -> usize {
    let pattern = u64::from_le_bytes([byte; 8]);
    let mut length = 0;
    let (words, tail) = bytes.as_chunks();
    for word in words {
        let different = u64::from_le_bytes(*word) ^ pattern;
        if different != 0 {
            return length + different.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    length + tail.iter().take_while(|other| **other == byte).count()
}

/// The symbol of a match of `length` bytes, with the value and the number of its extra bits (section 3.2.5).
fn length_symbol(length: usize) -> (usize, u64, u32) {
    match length - MATCH_MIN {
        over @ 0..8 => (257 + over, 0, 0),
        255 => (285, 0, 0),
        over => {
            // From 8 on four symbols share each power of two.
            let extra = over.ilog2() - 2;
            let symbol = 257 + 4 * (extra as usize + 1) + (over >> extra) - 4;
            (symbol, (over & ((1 << extra) - 1)) as u64, extra)
        }
    }
}

/// Bits of all symbols, those that follow a length included.
fn content_bits(counts: &[u32; SYMBOLS], lengths: &[u8; SYMBOLS]) -> u64 {
    let beside_code = |symbol: usize| match symbol {
        0..=256 => 0,
        257..=264 | 285 => 1,
        _ => (symbol as u64 - 261) / 4 + 1,
    };
    counts
        .iter()
        .zip(lengths)
        .enumerate()
        .map(|(symbol, (count, length))| u64::from(*count) * (u64::from(*length) + beside_code(symbol)))
        .sum()
}

/// The lengths of a Huffman code for `counts`, none over 12 bits; 0 where a symbol does not occur. At least two must
/// occur.
fn code_lengths(counts: &[u32; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut counts = *counts;
    loop {
        let lengths = huffman(&counts);
        if lengths.iter().all(|length| *length <= CODE_BITS_MAX) {
            return lengths;
        }
        // Rarely needed: flatter counts make shorter codes, at the latest when all are 1.
        for count in &mut counts {
            *count = count.div_ceil(2);
        }
    }
}

fn huffman(counts: &[u32; SYMBOLS]) -> [u8; SYMBOLS] {
    let mut leaves: Vec<(u32, usize)> = counts.iter().copied().zip(0..).filter(|(count, _)| *count > 0).collect();
    leaves.sort_unstable();
    // Leaves first, in order of weight; then the nodes above them, which come into being in order of weight too.
    let mut weights: Vec<u32> = leaves.iter().map(|(count, _)| *count).collect();
    let mut parents = vec![0; 2 * leaves.len() - 1];
    let (mut leaf, mut node) = (0, leaves.len());
    while weights.len() < parents.len() {
        let mut weight = 0;
        for _ in 0..2 {
            let take_leaf = leaf < leaves.len() && (node == weights.len() || weights[leaf] <= weights[node]);
            let lightest = if take_leaf { &mut leaf } else { &mut node };
            weight += weights[*lightest];
            parents[*lightest] = weights.len();
            *lightest += 1;
        }
        weights.push(weight);
    }
    let mut depths = vec![0_u8; parents.len()];
    for index in (0..parents.len() - 1).rev() {
        depths[index] = depths[parents[index]].saturating_add(1);
    }
    let mut lengths = [0; SYMBOLS];
    for ((_, symbol), depth) in leaves.iter().zip(depths) {
        lengths[*symbol] = depth;
    }
    lengths
}

/// The codes of `lengths` (section 3.2.2), turned round: deflate sends the first bit of a code first.
fn canonical_codes(lengths: &[u8; SYMBOLS]) -> [u64; SYMBOLS] {
    let mut codes = [0; SYMBOLS];
    let mut next = 0_u64;
    for bits in 1..=CODE_BITS_MAX {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, length)| **length == bits) {
            *code = next.reverse_bits() >> (64 - u32::from(bits));
            next += 1;
        }
    }
    codes
}

/// The header of a block with its own codes, not the last one (section 3.2.7). The lengths of codes are sent as plain
/// numbers of four bits: what a second code would save is nothing against a band.
fn write_header(writer: &mut BitWriter<'_>, lengths: &[u8; SYMBOLS]) {
    writer.write(0b100, 3);
    // 286 symbols, one distance, all 19 lengths of the code for lengths.
    writer.write(29, 5);
    writer.write(0, 5);
    writer.write(15, 4);
    // The three that repeat come first, and are not used; the sixteen numbers take four bits each.
    writer.write(0, 9);
    for _ in 0..16 {
        writer.write(4, 3);
    }
    // The one distance has a code of one bit.
    for length in lengths.iter().chain([&1]) {
        writer.write(u64::from(length.reverse_bits() >> 4), 4);
    }
}

/// Bits, the lowest first, as bytes.
struct BitWriter<'a> {
    /// Eight bytes longer than what is written.
    to: &'a mut [u8],
    bytes: usize,
    /// Bits that do not fill a byte yet.
    bits: u64,
    count: u32,
}

impl BitWriter<'_> {
    /// Appends the lowest `count` of `bits`, at most 56; the others must be zero.
    fn write(&mut self, bits: u64, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
        self.to[self.bytes..self.bytes + 8].copy_from_slice(&self.bits.to_le_bytes());
        let whole = self.count / 8;
        self.bytes += whole as usize;
        self.bits >>= 8 * whole;
        self.count %= 8;
    }

    /// Ends on a whole byte by an empty stored block; returns how many bytes there are.
    fn align(mut self) -> usize {
        self.write(0, 3);
        self.write(0, (8 - self.count) % 8);
        self.write(0xffff_0000, 32);
        self.bytes
    }
}
