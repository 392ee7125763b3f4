import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { messageOf, type Way } from './workload.ts';

/**
 * Publishes by MQTT 3.1.1 with QoS 1 over several connections, in a process of its own. It writes the packets itself:
 * a client library would take the processor that is to be measured.
 */

export interface Order {
	port: number;
	username: string;
	password: string;
	way: Way;
	connections: number;
	/** Most messages without acknowledgement on one connection. */
	window: number;
	/** Number of the first message. */
	first: number;
	seconds: number;
	/** Messages a second; null: as fast as they are acknowledged. */
	rate: number | null;
	/** Ends after so many messages, when given. */
	most: number | null;
}

export interface Report {
	messages: number;
	/** From the first publication to the last acknowledgement. */
	seconds: number;
	/** From the instant a message was due to its acknowledgement, milliseconds. */
	p50: number;
	p99: number;
	longest: number;
}

interface Connection {
	socket: Socket;
	nextId: number;
	/** When each unacknowledged message was due, by packet id. */
	due: Float64Array;
	unacknowledged: number;
}

const publishHeader = 0x32;

function publishPacket(topic: string, payload: Buffer, id: number): Buffer {
	const rest = 2 + topic.length + 2 + payload.length;
	const lengthBytes = rest < 128 ? 1 : rest < 16_384 ? 2 : 3;
	const packet = Buffer.allocUnsafe(1 + lengthBytes + rest);
	packet[0] = publishHeader;
	let left = rest;
	for (let i = 1; i <= lengthBytes; i++) {
		packet[i] = (left & 127) | (i < lengthBytes ? 128 : 0);
		left >>= 7;
	}
	let at = packet.writeUInt16BE(topic.length, 1 + lengthBytes);
	at += packet.write(topic, at, 'latin1');
	at = packet.writeUInt16BE(id, at);
	payload.copy(packet, at);
	return packet;
}

function connectPacket(clientId: string, username: string, password: string): Buffer {
	const text = (value: string) => {
		const bytes = Buffer.from(value);
		return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
	};
	const body = Buffer.concat([
		text('MQTT'),
		// Protocol level 4; user name, password, clean session; no keep-alive.
		Buffer.from([4, 0xc2, 0, 0]),
		text(clientId),
		text(username),
		text(password),
	]);
	return Buffer.concat([
		Buffer.from([0x10, (body.length & 127) | (body.length > 127 ? 128 : 0)]),
		...(body.length > 127 ? [Buffer.from([body.length >> 7])] : []),
		body,
	]);
}

async function open(
	order: Order,
	index: number,
	onAcknowledged: (due: number) => void,
	onFree: () => void,
): Promise<Connection> {
	const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
	const connection: Connection = { socket, nextId: 1, due: new Float64Array(65_536), unacknowledged: 0 };
	await new Promise<void>((resolve, reject) => {
		let rest: Buffer = Buffer.alloc(0);
		let connected = false;
		socket.on('error', reject);
		socket.on('close', () => reject(new Error('the broker closed the connection')));
		socket.on('data', (chunk: Buffer) => {
			const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
			let at = 0;
			// CONNACK and PUBACK both take four bytes.
			for (; at + 4 <= bytes.length; at += 4) {
				if (bytes[at] === 0x40) {
					connection.unacknowledged--;
					onAcknowledged(connection.due[bytes.readUInt16BE(at + 2)] ?? 0);
				} else if (bytes[at] === 0x20 && bytes[at + 3] === 0 && !connected) {
					connected = true;
					resolve();
				} else reject(new Error(`unexpected packet ${bytes[at]} ${bytes[at + 3]}`));
			}
			rest = bytes.subarray(at);
			onFree();
		});
		socket.write(
			connectPacket(`bench-${process.pid}-${index}-${order.first}`, order.username, order.password),
		);
	});
	return connection;
}

export async function generate(order: Order): Promise<Report> {
	const latencies: number[] = [];
	let sent = 0;
	let acknowledged = 0;
	let lastAt = 0;
	let sending = true;
	let finish: () => void = () => {};
	const finished = new Promise<void>((resolve) => {
		finish = resolve;
	});
	const connections: Connection[] = [];
	const began = performance.now();
	const end = began + order.seconds * 1000;

	const onAcknowledged = (due: number) => {
		acknowledged++;
		lastAt = performance.now();
		latencies.push(lastAt - due);
	};
	const step = () => {
		const now = performance.now();
		if (now >= end || (order.most !== null && sent >= order.most)) sending = false;
		if (sending) {
			const dueCount =
				order.rate === null ? Number.POSITIVE_INFINITY : Math.floor(((now - began) / 1000) * order.rate);
			for (const connection of connections) {
				const packets: Buffer[] = [];
				const turn =
					order.rate === null ? order.window : Math.ceil(Math.max(0, dueCount - sent) / connections.length);
				while (
					packets.length < turn &&
					connection.unacknowledged < order.window &&
					sent < dueCount &&
					(order.most === null || sent < order.most)
				) {
					const { topic, payload } = messageOf(order.way, order.first + sent);
					const id = connection.nextId;
					connection.nextId = id === 65_535 ? 1 : id + 1;
					connection.due[id] = order.rate === null ? now : began + (sent / order.rate) * 1000;
					connection.unacknowledged++;
					packets.push(publishPacket(topic, payload, id));
					sent++;
				}
				if (packets.length)
					connection.socket.write(packets.length === 1 ? (packets[0] as Buffer) : Buffer.concat(packets));
			}
		} else if (acknowledged === sent) finish();
	};
	// At full speed a connection is refilled when half its window is free, so that packets go out in bulk.
	const onFree = () => {
		if (order.rate === null || !sending) {
			if (!sending || connections.some(({ unacknowledged }) => unacknowledged <= order.window / 2)) step();
		}
	};
	for (let index = 0; index < order.connections; index++)
		connections.push(await open(order, index, onAcknowledged, onFree));
	const timer = setInterval(step, order.rate === null ? 20 : 2);
	step();
	await finished;
	clearInterval(timer);
	for (const { socket } of connections) {
		socket.removeAllListeners('close');
		socket.end(Buffer.from([0xe0, 0]));
	}
	latencies.sort((a, b) => a - b);
	const at = (share: number) =>
		latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
	return { messages: sent, seconds: (lastAt - began) / 1000, p50: at(0.5), p99: at(0.99), longest: at(1) };
}

if (process.send) {
	process.on('message', (order: Order) => {
		generate(order).then(
			(report) => process.send?.(report),
			(error: Error) => {
				console.error(error);
				process.exit(1);
			},
		);
	});
}
