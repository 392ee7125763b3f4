/** What an address under /terrain shows; every one is the same document, so that each opens without the network. */
export type View =
	| { name: 'day' }
	| { name: 'round'; id: string }
	| { name: 'intervention'; id: string }
	| { name: 'finding' }
	| { name: 'outbox' };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @returns null where there is no page */
export function viewOf(pathname: string): View | null {
	const [, first, second, id, ...more] = pathname.replace(/\/$/, '').split('/');
	if (first !== 'terrain' || more.length) return null;
	if (second === undefined) return { name: 'day' };
	if (id === undefined)
		return second === 'signaler' ? { name: 'finding' } : second === 'envois' ? { name: 'outbox' } : null;
	if (!uuid.test(id)) return null;
	return second === 'tournee'
		? { name: 'round', id }
		: second === 'intervention'
			? { name: 'intervention', id }
			: null;
}

/** What an address under /collecte shows. */
export type DeskView =
	| { name: 'day' }
	| { name: 'new' }
	| { name: 'receipt'; id: string }
	| { name: 'outbox' };

/** @returns null where there is no page */
export function deskViewOf(pathname: string): DeskView | null {
	const [, first, second, id, ...more] = pathname.replace(/\/$/, '').split('/');
	if (first !== 'collecte' || more.length) return null;
	if (second === undefined) return { name: 'day' };
	if (id === undefined)
		return second === 'nouveau' ? { name: 'new' } : second === 'envois' ? { name: 'outbox' } : null;
	return second === 'recu' && uuid.test(id) ? { name: 'receipt', id } : null;
}
