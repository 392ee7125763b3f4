/** The desk follows the meeting and is pressed by keys; its forms work without. */
export const csr = true;
