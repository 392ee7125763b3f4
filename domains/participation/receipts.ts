import { createHash, randomBytes } from 'node:crypto';
import { fromCode, toCode } from './codes.ts';
import type { Choice } from './face.ts';

const secretBytes = 18;

/** A new receipt: the secret that only the voter keeps. */
export function createReceipt(): string {
	return toCode(randomBytes(secretBytes));
}

/** @returns the receipt's secret; null when the text is no receipt */
export function secretOf(receipt: string): Buffer | null {
	return fromCode(receipt, secretBytes);
}

/** Under what the box keeps the ballot of a secret, while the vote is open: who reads the box learns no secret. */
export function handleOf(secret: Buffer): Buffer {
	return createHash('sha256').update('parvis handle\n').update(secret).digest();
}

/** `12,7,3`, or with points `12:3,7:2`: a ballot as it is hashed, in the voter's order. */
export function canonical(choices: readonly Choice[]): string {
	return choices
		.map(({ project, points }) => (points === undefined ? `${project}` : `${project}:${points}`))
		.join(',');
}

/**
 * What is published beside a ballot: SHA-256 of `parvis ballot 1`, the call's id, the secret in hexadecimal and the
 * choices, a line each, in UTF-8 without a last line end. Without the secret nobody can tell whose it is; with it anyone
 * can recompute it.
 */
export function commitmentOf(callId: string, secret: Buffer, choices: readonly Choice[]): Buffer {
	return createHash('sha256')
		.update(`parvis ballot 1\n${callId}\n${secret.toString('hex')}\n${canonical(choices)}`)
		.digest();
}

/** Leaf of a published ballot: SHA-256 of a zero byte, `label`, a line end and the choices. */
export function leafOf(ballot: { label: string; choices: readonly Choice[] }): Buffer {
	return createHash('sha256')
		.update(Buffer.of(0))
		.update(`${ballot.label}\n${canonical(ballot.choices)}`)
		.digest();
}

const nodeOf = (left: Buffer, right: Buffer) =>
	createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();

/** Root of the Merkle tree over leaves in their order, as RFC 9162 (section 2.1) builds it; null for none. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer | null {
	const [only] = leaves;
	if (!only) return null;
	if (leaves.length === 1) return only;
	const half = halfOf(leaves.length);
	const left = merkleRoot(leaves.slice(0, half));
	const right = merkleRoot(leaves.slice(half));
	return left && right && nodeOf(left, right);
}

/** Inclusion proof of one leaf (RFC 9162, section 2.1.3): what it is hashed with, from the leaf up. */
export function merkleProof(leaves: readonly Buffer[], index: number): Buffer[] {
	if (leaves.length <= 1) return [];
	const half = halfOf(leaves.length);
	const [inside, outside, at] =
		index < half
			? [leaves.slice(0, half), leaves.slice(half), index]
			: [leaves.slice(half), leaves.slice(0, half), index - half];
	const sibling = merkleRoot(outside);
	return sibling ? [...merkleProof(inside, at), sibling] : [];
}

/** The largest power of two below a count. */
function halfOf(count: number): number {
	return 2 ** (Math.ceil(Math.log2(count)) - 1);
}
