//! A reader of ggml's old files, written for the tests.

/// A tensor: its sides are innermost first, as they are written.
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) sides: Vec<usize>,
    pub(crate) packing: usize,
    pub(crate) data: Vec<u8>,
}

/// What is still to be read.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn bytes(&mut self, n: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(n);
        self.0 = rest;
        taken
    }

    pub(crate) fn number(&mut self) -> usize {
        let number = u32::from_le_bytes(self.bytes(4).try_into().unwrap());
        usize::try_from(number).unwrap()
    }

    pub(crate) fn numbers<const N: usize>(&mut self) -> [usize; N] {
        std::array::from_fn(|_| self.number())
    }

    pub(crate) fn text(&mut self) -> &'a [u8] {
        let n = self.number();
        self.bytes(n)
    }

    /// Reads tensors to the end.
    pub(crate) fn tensors(mut self) -> Vec<Tensor> {
        let mut tensors = Vec::new();
        while !self.0.is_empty() {
            let [n_sides, n_name, packing] = self.numbers();
            let sides: Vec<usize> = (0..n_sides).map(|_| self.number()).collect();
            let name = String::from_utf8(self.bytes(n_name).to_vec()).unwrap();
            let n: usize = sides.iter().product();
            let n_bytes = match packing {
                0 => n * 4,
                1 => n * 2,
                8 => n / 32 * 34,
                _ => panic!("{name} is packed as {packing}"),
            };
            let data = self.bytes(n_bytes).to_vec();
            tensors.push(Tensor { name, sides, packing, data });
        }
        tensors
    }
}

impl Tensor {
    /// Shows all but the data.
    pub(crate) fn head(&self) -> String {
        let packing = match self.packing {
            0 => "f32",
            1 => "f16",
            _ => "q8_0",
        };
        format!("{} {packing} {:?}", self.name, self.sides)
    }
}
