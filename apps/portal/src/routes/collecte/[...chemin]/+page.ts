/** A program: it opens and works without the network. */
export const csr = true;
