import type { Outgoing, Sealing } from '@parvis/platform';
import { newId, type Platform } from '@parvis/platform';
import type { Db } from '../../context.ts';
import { type GatewayCommand, writeOverride } from '../rules/talq.ts';
import { type SetPoint, validMilliseconds } from './commands.ts';

interface Gateway {
	id: string;
	url: string;
	apiVersion: string;
	lampFunction: string;
	/** Null: none asked for, or sealed under another secret. */
	token: string | null;
	tokenLost: boolean;
}

interface Link {
	gateway: Gateway;
	reached: boolean;
	busy: boolean;
	/** By address of the device: of two set-points that wait the later one counts. */
	queue: Map<string, SetPoint>;
	/** The last sent to each device, with the reference that the gateway may name in its reports. */
	sent: Map<string, { refId: string; setPoint: SetPoint }>;
	failures: number;
	probeAt: number;
	/** Written down with the next state. */
	answeredAt: number | null;
	problem: { what: string; at: number } | null;
	dirty: boolean;
}

const timeoutMilliseconds = 10_000;
const mostAnswerBytes = 64 * 1024;
/** Lamps addressed by one command. */
const mostDevices = 500;
const firstProbeMilliseconds = 2000;
const longestProbeMilliseconds = 5 * 60_000;
/** Drivers round. */
const toleranceLevel = 3;
/** How far clocks of gateways may be behind; theirs often tell whole seconds. */
const clockMilliseconds = 5000;

/**
 * Set-points to gateways by HTTP: what waits for one gateway goes out together, one request for all lamps that are told the
 * same, one at a time. A gateway that does not answer is asked for its services, ever more rarely, until it does.
 * @param changed a gateway is reached (again), or no longer
 */
export function createGatewayLinks(
	{ db, log }: { db: Db; log: Platform['log'] },
	outgoing: Outgoing,
	sealing: Sealing,
	now: () => number,
	changed: (gatewayId: string, reached: boolean) => void,
) {
	const links = new Map<string, Link>();
	let closed = false;

	function note(link: Link, problem: string | null): void {
		if (problem === null) link.answeredAt = now();
		else {
			link.problem = { what: problem, at: now() };
			log.warn({ gateway: link.gateway.id, problem }, 'lighting: a gateway did not take what it was sent');
		}
		link.dirty = true;
	}

	function setReached(link: Link, reached: boolean): void {
		// Its settings changed meanwhile.
		if (closed || links.get(link.gateway.id) !== link) return;
		link.dirty = true;
		if (!reached) {
			link.failures++;
			link.probeAt =
				now() + Math.min(firstProbeMilliseconds * 2 ** (link.failures - 1), longestProbeMilliseconds);
			// All of its lamps are told anew when it is back.
			link.queue.clear();
		} else link.failures = 0;
		const was = link.reached;
		link.reached = reached;
		if (was !== reached) changed(link.gateway.id, reached);
	}

	/** @returns the status; null when there was no answer, which is noted */
	async function ask(
		link: Link,
		method: 'GET' | 'POST',
		path: string,
		body?: string,
	): Promise<number | null> {
		const { gateway } = link;
		if (gateway.tokenLost) {
			note(link, 'secret_lost');
			return null;
		}
		const url = new URL(gateway.url.replace(/\/+$/, '') + path);
		url.searchParams.set('clientAddress', gateway.id);
		const sent = await outgoing.request(url, {
			method,
			headers: {
				accept: 'application/json',
				'talq-api-version': gateway.apiVersion,
				...(gateway.token && { authorization: `Bearer ${gateway.token}` }),
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			...(body !== undefined && { body }),
			timeoutMilliseconds,
			mostBytes: mostAnswerBytes,
			cut: true,
		});
		if (closed) return null;
		if (!sent.ok) {
			note(link, sent.error);
			return null;
		}
		note(link, sent.answer.status < 300 ? null : `status_${sent.answer.status}`);
		return sent.answer.status;
	}

	async function probe(link: Link): Promise<void> {
		const status = await ask(link, 'GET', '/services');
		setReached(link, status !== null && status < 300);
	}

	/** @returns whether the gateway is there: what it refuses it has taken notice of */
	async function send(link: Link, command: GatewayCommand): Promise<boolean> {
		const status = await ask(
			link,
			'POST',
			'/override-commands',
			writeOverride(command, link.gateway.lampFunction),
		);
		if (status === null) return false;
		if (status < 300) return true;
		if (![400, 404, 409, 422].includes(status)) return false;
		// One address that it does not know must not keep the others dark.
		const { devices } = command;
		if (devices.length < 2) return true;
		const middle = devices.length >> 1;
		return (
			(await send(link, { ...command, devices: devices.slice(0, middle) })) &&
			(await send(link, { ...command, devices: devices.slice(middle) }))
		);
	}

	async function flush(link: Link): Promise<void> {
		const waiting = [...link.queue];
		link.queue.clear();
		for (const command of together(waiting)) {
			for (const [device, setPoint] of waiting)
				if (command.members.has(device)) link.sent.set(device, { refId: command.refId, setPoint });
			const there = await send(link, command);
			if (!there) return setReached(link, false);
		}
	}

	const run = (link: Link, act: (link: Link) => Promise<void>) => {
		link.busy = true;
		void act(link)
			.catch((error: Error) => {
				log.error({ err: error }, 'lighting: a gateway could not be spoken to');
				setReached(link, false);
			})
			.finally(() => {
				link.busy = false;
			});
	};

	return {
		get size() {
			return links.size;
		},

		/** Gateways as they are set now; one whose settings changed is tried anew. */
		async load(): Promise<void> {
			const rows = await db.selectFrom('operations.light_gateway').selectAll().execute();
			const gone = new Set(links.keys());
			for (const row of rows) {
				gone.delete(row.id);
				const token = row.bearer_token && sealing.open(row.bearer_token);
				const gateway: Gateway = {
					id: row.id,
					url: row.url,
					apiVersion: row.api_version,
					lampFunction: row.lamp_function,
					token,
					tokenLost: row.bearer_token !== null && token === null,
				};
				if (JSON.stringify(links.get(row.id)?.gateway) === JSON.stringify(gateway)) continue;
				links.set(row.id, {
					gateway,
					reached: false,
					busy: false,
					queue: new Map(),
					sent: new Map(),
					failures: 0,
					probeAt: 0,
					answeredAt: null,
					problem: null,
					dirty: true,
				});
			}
			for (const id of gone) links.delete(id);
		},

		reached: () => [...links.values()].filter(({ reached }) => reached).map(({ gateway }) => gateway.id),

		send(gatewayId: string, device: string, setPoint: SetPoint): void {
			const link = links.get(gatewayId);
			if (link?.reached) link.queue.set(device, setPoint);
		},

		/** Send what waits, ask for those that are away. A few times a second. */
		tick(): void {
			for (const link of links.values()) {
				if (link.busy) continue;
				if (!link.reached && now() >= link.probeAt) run(link, probe);
				else if (link.reached && link.queue.size) run(link, flush);
			}
		},

		/**
		 * The set-point that a report of a level answers: the one it refers to, or the last one sent where the lamp was at its level
		 * since, for gateways need not say to what they answer.
		 */
		answeredBy(
			gatewayId: string,
			device: string,
			{ refId, level, at }: { refId: string | null; level: number; at: number },
		): string | null {
			const last = links.get(gatewayId)?.sent.get(device);
			if (!last) return null;
			const { id, level: told, until } = last.setPoint;
			const since = at >= until - validMilliseconds - clockMilliseconds;
			return refId === last.refId || (since && Math.abs(level - told) <= toleranceLevel) ? id : null;
		},

		/** Write down which are reached. */
		async writeState(): Promise<void> {
			for (const link of links.values()) {
				if (!link.dirty) continue;
				link.dirty = false;
				const { gateway, reached, answeredAt, problem } = link;
				const state = {
					reached,
					...(answeredAt !== null && { answered_at: new Date(answeredAt) }),
					...(problem && { problem: problem.what, problem_at: new Date(problem.at) }),
				};
				try {
					await db
						.insertInto('operations.light_gateway_state')
						.columns(['gateway_id', 'reached', 'answered_at', 'problem', 'problem_at'])
						.expression((eb) =>
							eb
								.selectFrom('operations.light_gateway')
								.select((e) => [
									'id',
									e.val(reached).as('reached'),
									e.cast<Date>(e.val(state.answered_at ?? null), 'timestamptz').as('answered_at'),
									e.cast<string>(e.val(state.problem ?? null), 'text').as('problem'),
									e.cast<Date>(e.val(state.problem_at ?? null), 'timestamptz').as('problem_at'),
								])
								.where('id', '=', gateway.id),
						)
						.onConflict((conflict) => conflict.column('gateway_id').doUpdateSet(state))
						.execute();
				} catch (error) {
					link.dirty = true;
					throw error;
				}
			}
		},

		/** Answers that still come are let be. */
		close(): void {
			closed = true;
		},
	};
}

/** One command for all that are told the same. */
function together(
	waiting: readonly [string, SetPoint][],
): (GatewayCommand & { members: ReadonlySet<string> })[] {
	const groups = new Map<string, [string, SetPoint][]>();
	for (const one of waiting) {
		const { level, fadeSeconds, reason } = one[1];
		const key = `${level} ${fadeSeconds} ${reason}`;
		const group = groups.get(key);
		if (group) group.push(one);
		else groups.set(key, [one]);
	}
	return [...groups.values()].flatMap((group) => {
		const parts: [string, SetPoint][][] = [];
		for (let start = 0; start < group.length; start += mostDevices)
			parts.push(group.slice(start, start + mostDevices));
		return parts.flatMap((part) => {
			const first = part[0]?.[1];
			if (!first) return [];
			const devices = part.map(([device]) => device);
			return {
				refId: newId(),
				devices,
				members: new Set(devices),
				level: first.level,
				fadeSeconds: first.fadeSeconds,
				reason: first.reason,
				until: Math.min(...part.map(([, { until }]) => until)),
			};
		});
	});
}
