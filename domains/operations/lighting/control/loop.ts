import type { Outgoing, Sealing } from '@parvis/platform';
import { createListening, newId } from '@parvis/platform';
import { Counter, Histogram } from 'prom-client';
import type { Context } from '../../context.ts';
import type { FaultDesk } from '../faults.ts';
import { readPresence, readReport, writeSetPoint } from './commands.ts';
import { type Controller, createController } from './controller.ts';
import { createGatewayReports } from './gateway-reports.ts';
import { createGatewayLinks } from './gateways.ts';
import { readInstallation } from './installation.ts';
import { createJournal } from './journal.ts';

const tickMilliseconds = 250;
const flushMilliseconds = 1000;
const energyMilliseconds = 30_000;
const faultMilliseconds = 5000;
const reloadMilliseconds = 200;

/**
 * Control all lamps until `leading` is aborted: set-points to the broker and gateways, answers back, everything
 * written down behind.
 */
export function createLoop(context: Context, faultDesk: FaultDesk, outgoing: Outgoing, sealing: Sealing) {
	const { platform, sensing } = context;
	const decision = new Histogram({
		name: 'parvis_lighting_decision_seconds',
		help: 'From a presence heard to its set-points handed to the broker',
		buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25],
		registers: [platform.metrics],
	});
	const setPoints = new Counter({
		name: 'parvis_lighting_setpoints_total',
		help: 'Set-points sent, by what came of the sending',
		labelNames: ['outcome'],
		registers: [platform.metrics],
	});

	async function lead(leading: AbortSignal): Promise<void> {
		const now = () => context.now().getTime();
		const journal = createJournal(platform);
		const links = createGatewayLinks(
			{ db: context.db, log: platform.log },
			outgoing,
			sealing,
			now,
			(gatewayId, reached) => controller.setReachable(reached, now(), gatewayId),
		);
		await links.load();
		const reports = createGatewayReports(context.db, links);
		let controller = await make(null);
		const connection = sensing.connectBroker({
			clientId: `parvis-lighting-${newId().slice(-12)}`,
			topics: ['lighting/+/state', 'lighting/+/presence'],
			heard(topic, payload) {
				const name = topic.slice('lighting/'.length, topic.lastIndexOf('/'));
				if (topic.endsWith('/presence')) {
					const end = decision.startTimer();
					const presence = readPresence(payload);
					if (presence && controller.presence(name, presence.direction, now()) > 0) end();
				} else {
					const report = readReport(payload);
					if (report) controller.report(name, report, now());
				}
			},
			connected: () => controller.setReachable(true, now()),
		});
		let reachable = false;

		async function make(before: Controller | null): Promise<Controller> {
			const installation = await readInstallation(context);
			const made = createController(
				installation,
				{
					send(lamp, setPoint) {
						const target = installation.lamps[lamp];
						if (!target) return;
						if (target.gatewayId) return links.send(target.gatewayId, target.gatewayDevice, setPoint);
						const topic = `lighting/${target.externalId}/setpoint`;
						const sent =
							connection?.publish(topic, writeSetPoint(setPoint)) ?? Promise.reject(new Error('no broker'));
						sent.then(
							() => setPoints.inc({ outcome: 'taken' }),
							() => setPoints.inc({ outcome: 'not_taken' }),
						);
					},
					changed: (lamp) => journal.changed(lamp),
					told: (lamp, setPoint, at) => journal.told(installation.lamps[lamp]?.id ?? '', setPoint, at),
					toldAgain: ({ id }, attempts) => journal.toldAgain(id, attempts),
					acknowledged: (id, at) => journal.acknowledged(id, at),
				},
				now(),
			);
			if (before) made.takeOver(before);
			return made;
		}

		/** A change in the database; what was not written yet is, since lamps are numbered anew. */
		async function reload(): Promise<void> {
			await journal.flush(controller, context.now());
			await links.load();
			const made = await make(controller);
			journal.addEnergy(controller.takeEnergy());
			journal.forgetLamps();
			controller = made;
			if (connection?.connected) made.setReachable(true, now());
			for (const id of links.reached()) made.setReachable(true, now(), id);
		}

		const work = createWork(platform.log);
		let changed: NodeJS.Timeout | null = null;
		const noteChange = () => {
			changed ??= setTimeout(() => {
				changed = null;
				work.run('reload', reload);
			}, reloadMilliseconds);
		};
		const listening = createListening(platform.pool, 'operations_lighting', noteChange, noteChange);
		const timers = [
			setInterval(() => {
				const connected = connection?.connected ?? false;
				if (reachable && !connected) controller.setReachable(false, now());
				reachable = connected;
				controller.tick(now());
				links.tick();
			}, tickMilliseconds),
			setInterval(() => {
				work.run('flush', () => journal.flush(controller, context.now()));
				work.run('gateways', () => links.writeState());
				if (links.size) work.run('reports', () => reports.take(controller, now()));
			}, flushMilliseconds),
			setInterval(() => journal.addEnergy(controller.takeEnergy()), energyMilliseconds),
			setInterval(() => work.run('faults', () => faultDesk.settle(controller)), faultMilliseconds),
		];
		try {
			await listening.start();
			await new Promise<void>((resolve) => {
				if (leading.aborted) resolve();
				else leading.addEventListener('abort', () => resolve(), { once: true });
			});
		} finally {
			for (const timer of timers) clearInterval(timer);
			if (changed) clearTimeout(changed);
			await listening.stop();
			await connection?.close();
			links.close();
			await work.idle();
			journal.addEnergy(controller.takeEnergy());
			await journal.flush(controller, context.now()).catch(() => {});
		}
	}

	return { lead };
}

/** One thing at a time; of the same kind none waits twice. What fails is logged and comes again with its turn. */
function createWork(log: Context['platform']['log']) {
	let tail: Promise<void> = Promise.resolve();
	const waiting = new Set<string>();
	return {
		run(name: string, act: () => Promise<void>): void {
			if (waiting.has(name)) return;
			waiting.add(name);
			tail = tail.then(async () => {
				waiting.delete(name);
				await act().catch((error: Error) =>
					log.warn(
						{ reason: error.message, what: name },
						'lighting: the database does not take it; trying again',
					),
				);
			});
		},
		idle: () => tail,
	};
}
