/** A member's place follows the meeting; its forms work without a script. */
export const csr = true;
