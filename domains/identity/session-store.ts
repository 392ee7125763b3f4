import type { DBAdapter, DBTransactionAdapter, Where } from '@better-auth/core/db/adapter';

/**
 * better-auth looks sessions up by the token in the cookie, and would store it as it is. Behind this adapter the
 * database holds only its hash: whoever reads the table cannot take a session over.
 */
export function hashSessionTokens(inner: DBAdapter, hash: (token: string) => string): DBAdapter {
	return {
		...withHashes(inner, hash),
		transaction: (work) => inner.transaction((trx) => work(withHashes(trx, hash))),
	};
}

function withHashes(inner: DBTransactionAdapter, hash: (token: string) => string): DBTransactionAdapter {
	/** The clauses with tokens hashed, and a way back from the hashes to the tokens that were asked for. */
	const translate = (model: string, where: Where[]) => {
		const tokens = new Map<string, string>();
		const toHash = (token: unknown) => {
			const digest = hash(String(token));
			tokens.set(digest, String(token));
			return digest;
		};
		const clauses =
			model !== 'session'
				? where
				: where.map((clause) =>
						clause.field !== 'token'
							? clause
							: {
									...clause,
									value: Array.isArray(clause.value) ? clause.value.map(toHash) : toHash(clause.value),
								},
					);
		const restore = <T>(row: T): T => {
			const token = tokens.get((row as { token?: string } | null)?.token ?? '');
			return token === undefined ? row : { ...row, token };
		};
		return { clauses, restore };
	};

	return {
		...inner,
		async create<T extends Record<string, unknown>, R = T>(
			query: Parameters<typeof inner.create<T, R>>[0],
		): Promise<R> {
			if (query.model !== 'session') return inner.create<T, R>(query);
			const { token } = query.data as unknown as { token: string };
			const row = await inner.create<T, R>({ ...query, data: { ...query.data, token: hash(token) } });
			return { ...row, token };
		},
		async findOne<T>(query: Parameters<typeof inner.findOne>[0]) {
			const { clauses, restore } = translate(query.model, query.where);
			return restore(await inner.findOne<T>({ ...query, where: clauses }));
		},
		async findMany<T>(query: Parameters<typeof inner.findMany>[0]) {
			if (!query.where) return inner.findMany<T>(query);
			const { clauses, restore } = translate(query.model, query.where);
			return (await inner.findMany<T>({ ...query, where: clauses })).map(restore);
		},
		async update<T>(query: Parameters<typeof inner.update>[0]) {
			const { clauses, restore } = translate(query.model, query.where);
			return restore(await inner.update<T>({ ...query, where: clauses }));
		},
		updateMany: (query) => inner.updateMany({ ...query, where: translate(query.model, query.where).clauses }),
		delete: (query) => inner.delete({ ...query, where: translate(query.model, query.where).clauses }),
		deleteMany: (query) => inner.deleteMany({ ...query, where: translate(query.model, query.where).clauses }),
		async consumeOne<T>(query: Parameters<typeof inner.consumeOne>[0]) {
			const { clauses, restore } = translate(query.model, query.where);
			return restore(await inner.consumeOne<T>({ ...query, where: clauses }));
		},
	};
}
