import { sql } from 'kysely';
import type { Db } from '../../context.ts';
import type { LampNews } from '../rules/talq.ts';
import type { Controller } from './controller.ts';
import type { createGatewayLinks } from './gateways.ts';

const mostAtOnce = 100;
/** Lamps are reckoned at their safe level by then: older news say nothing about now. */
const oldestMilliseconds = 35 * 60_000;

/** Takes what gateways reported to whichever process answered them, and lets the controller hear it. */
export function createGatewayReports(db: Db, links: ReturnType<typeof createGatewayLinks>) {
	/** Time of the last news of each kind by lamp: what comes twice or late changes nothing back. */
	const last = new Map<string, number>();

	function hear(
		controller: Controller,
		lamp: number,
		{ id, gatewayId }: { id: string; gatewayId: string },
		news: LampNews,
		at: number,
	): void {
		const kind = `${id} ${'level' in news ? 'level' : news.fault}`;
		if (at - news.at > oldestMilliseconds || news.at < (last.get(kind) ?? 0)) return;
		last.set(kind, news.at);
		if (!('level' in news)) {
			controller.noteFault(lamp, news.fault, news.lasts);
			return;
		}
		const { level, device } = news;
		const name = controller.installation.lamps[lamp]?.externalId ?? '';
		const command = links.answeredBy(gatewayId, device, news);
		controller.report(name, { command, level, watts: null, fault: controller.faults[lamp] ?? null }, at);
	}

	return {
		async take(controller: Controller, at: number): Promise<void> {
			const { rows } = await sql<{ id: string; gatewayId: string; news: LampNews[] }>`
				DELETE FROM operations.light_gateway_report WHERE id IN (
					SELECT id FROM operations.light_gateway_report ORDER BY id LIMIT ${mostAtOnce})
				RETURNING id::text, gateway_id AS "gatewayId", news`.execute(db);
			if (!rows.length) return;
			const lamps = new Map(
				controller.installation.lamps.flatMap(({ gatewayId, gatewayDevice }, index) =>
					gatewayId ? [[`${gatewayId} ${gatewayDevice}`, index] as const] : [],
				),
			);
			for (const { gatewayId, news } of rows.sort((one, other) => Number(one.id) - Number(other.id)))
				for (const each of news) {
					// A gateway speaks for lamps of its own cabinets only.
					const lamp = lamps.get(`${gatewayId} ${each.device}`);
					const id = lamp === undefined ? undefined : controller.installation.lamps[lamp]?.id;
					if (lamp !== undefined && id) hear(controller, lamp, { id, gatewayId }, each, at);
				}
		},
	};
}
