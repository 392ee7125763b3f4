import type { Outgoing, OutgoingError } from '@parvis/platform';
import type { Table } from '../reading.ts';
import type { Mapping } from '../rules/headings.ts';

/** What GLPI calls what a town looks after; its own words for the kind come with each item where it has some. */
export const itemTypes = ['Computer', 'Monitor', 'Phone', 'Printer', 'NetworkEquipment'] as const;

type ItemType = (typeof itemTypes)[number];

/** Word for the category of an item that has no type of its own. */
const kindOf: Record<ItemType, string> = {
	Computer: '',
	Monitor: 'monitor',
	Phone: 'smartphone',
	Printer: 'printer',
	NetworkEquipment: 'network',
};

const pageSize = 500;
const mostPages = 400;
const timeoutMilliseconds = 30_000;
const mostBytes = 64 * 1024 * 1024;

export interface GlpiAccess {
	/** Ends in `apirest.php`. */
	url: string;
	appToken: string | null;
	userToken: string;
}

export type GlpiFailure =
	| { error: 'equipment.glpi_unreachable'; detail: { reason: OutgoingError } }
	| { error: 'equipment.glpi_refused'; detail: { reason: string } }
	| { error: 'equipment.glpi_nonsense'; detail: { reason: string } };

type Answered = { ok: true; status: number; json: unknown } | ({ ok: false } & GlpiFailure);

export const glpiMapping: Mapping = {
	id: 'externalId',
	name: 'name',
	serial: 'serial',
	otherserial: 'tag',
	manufacturer: 'manufacturer',
	model: 'model',
	kind: 'category',
	state: 'status',
	user: 'holderName',
	group: 'service',
	location: 'site',
	comment: 'note',
	buy_date: 'boughtOn',
	use_date: 'inUseOn',
	warranty_duration: 'warrantyMonths',
	value: 'price',
	supplier: 'supplier',
	order_number: 'orderNumber',
};

const text = (value: unknown): string =>
	typeof value === 'string' ? value : typeof value === 'number' && value !== 0 ? String(value) : '';

/** A dropdown's words; where GLPI has none it says 0 or a blank. */
function row(
	type: ItemType,
	item: Record<string, unknown>,
	line: number,
): { line: number; cells: Record<string, string> } {
	const lower = type.toLowerCase();
	const word = text(item[`${lower}types_id`]);
	return {
		line,
		cells: {
			id: `${type}/${text(item.id)}`,
			name: text(item.name),
			serial: text(item.serial),
			otherserial: text(item.otherserial),
			manufacturer: text(item.manufacturers_id),
			model: text(item[`${lower}models_id`]),
			kind: type === 'Computer' ? word : (kindOf[type] ?? word),
			state: text(item.states_id),
			user: text(item.users_id),
			group: text(item.groups_id),
			location: text(item.locations_id),
			comment: text(item.comment),
			buy_date: '',
			use_date: '',
			warranty_duration: '',
			value: '',
			supplier: '',
			order_number: '',
		},
	};
}

/**
 * All that a GLPI keeps, by its REST API (`apirest.php`, GLPI 9.1 to 11): a session by tokens, each kind page by page with
 * `range` until a page is not full, names instead of numbers (`expand_dropdowns`), and what was bought when (`Infocom`).
 * Templates and what is in GLPI's bin are left out.
 */
export async function readGlpi(
	outgoing: Outgoing,
	access: GlpiAccess,
	progress: (share: number) => Promise<void> = async () => {},
): Promise<{ ok: true; table: Table } | ({ ok: false } & GlpiFailure)> {
	const base = access.url.replace(/\/+$/, '');
	const tokens = access.appToken ? { 'App-Token': access.appToken } : {};

	async function ask(path: string, headers: Record<string, string>): Promise<Answered> {
		const asked = await outgoing.request(new URL(`${base}/${path}`), {
			method: 'GET',
			headers: { 'Content-Type': 'application/json', ...tokens, ...headers },
			timeoutMilliseconds,
			mostBytes,
		});
		if (!asked.ok) return { ok: false, error: 'equipment.glpi_unreachable', detail: { reason: asked.error } };
		const { status, body } = asked.answer;
		try {
			return { ok: true, status, json: JSON.parse(body.toString('utf8') || 'null') };
		} catch {
			return { ok: false, error: 'equipment.glpi_nonsense', detail: { reason: `HTTP ${status}` } };
		}
	}

	/** GLPI answers errors as `["ERROR_CODE", "words"]`. */
	const codeOf = (answer: { status: number; json: unknown }) =>
		Array.isArray(answer.json) && typeof answer.json[0] === 'string'
			? answer.json[0].slice(0, 80)
			: `HTTP ${answer.status}`;

	const opened = await ask('initSession', { Authorization: `user_token ${access.userToken}` });
	if (!opened.ok) return opened;
	const token = (opened.json as { session_token?: unknown } | null)?.session_token;
	if (opened.status !== 200 || typeof token !== 'string')
		return { ok: false, error: 'equipment.glpi_refused', detail: { reason: codeOf(opened) } };
	const session = { 'Session-Token': token };

	async function all(
		type: string,
	): Promise<{ ok: true; items: Record<string, unknown>[] } | ({ ok: false } & GlpiFailure)> {
		const items: Record<string, unknown>[] = [];
		for (let page = 0; page < mostPages; page++) {
			const start = page * pageSize;
			const answer = await ask(
				`${type}?expand_dropdowns=true&get_hateoas=false&range=${start}-${start + pageSize - 1}`,
				session,
			);
			if (!answer.ok) return answer;
			const code = codeOf(answer);
			if (code === 'ERROR_RANGE_EXCEED_TOTAL') break;
			// An account that may not see one kind still gives the others.
			if (answer.status === 403 || code === 'ERROR_RIGHT_MISSING') break;
			if (answer.status !== 200 && answer.status !== 206)
				return { ok: false, error: 'equipment.glpi_refused', detail: { reason: code } };
			if (!Array.isArray(answer.json))
				return { ok: false, error: 'equipment.glpi_nonsense', detail: { reason: type } };
			items.push(
				...answer.json.filter(
					(item): item is Record<string, unknown> => typeof item === 'object' && item !== null,
				),
			);
			if (answer.json.length < pageSize) break;
		}
		return { ok: true, items };
	}

	try {
		const rows: Table['rows'] = [];
		for (const [at, type] of itemTypes.entries()) {
			const found = await all(type);
			if (!found.ok) return found;
			for (const item of found.items)
				if (!Number(item.is_deleted) && !Number(item.is_template))
					rows.push(row(type, item, rows.length + 1));
			await progress((at + 1) / (itemTypes.length + 1));
		}
		const bought = await all('Infocom');
		if (!bought.ok) return bought;
		const byItem = new Map(
			bought.items.map((item) => [`${text(item.itemtype)}/${text(item.items_id)}`, item]),
		);
		for (const { cells } of rows) {
			const info = byItem.get(cells.id ?? '');
			if (!info) continue;
			cells.buy_date = text(info.buy_date);
			cells.use_date = text(info.use_date);
			cells.warranty_duration = Number(info.warranty_duration) > 0 ? text(info.warranty_duration) : '';
			cells.value = Number(info.value) > 0 ? text(info.value) : '';
			cells.supplier = text(info.suppliers_id);
			cells.order_number = text(info.order_number);
		}
		return { ok: true, table: { headings: Object.keys(glpiMapping), rows } };
	} finally {
		await ask('killSession', session);
	}
}
