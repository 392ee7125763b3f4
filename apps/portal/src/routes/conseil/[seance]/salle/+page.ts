/** Sound and picture need a program: this page is one. */
export const csr = true;
