/** Pages are HTML and forms; those with live values or a map load one small script of their own. */
export const csr = false;
