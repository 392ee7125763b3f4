import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Why nothing came back. Of `timeout`, `broken` and `too_large` nobody knows what the other side did. */
export type OutgoingError = 'address_refused' | 'timeout' | 'unreachable' | 'broken' | 'tls' | 'too_large';

export interface Answer {
	status: number;
	/** As much as was allowed. */
	body: Buffer;
	contentType: string;
}

export interface OutgoingRequest {
	method: 'GET' | 'POST';
	headers?: Record<string, string>;
	body?: string;
	timeoutMilliseconds: number;
	/** A longer answer is `too_large`, or cut with `cut`. */
	mostBytes: number;
	cut?: boolean;
}

export type Outgoing = ReturnType<typeof createOutgoing>;

/** Whether anybody on the internet has this address: nothing private, local, shared, reserved or translated. */
function isPublic(address: string): boolean {
	return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '');

/** As `dns.lookup`, but names that lead inside lead nowhere. */
const lookingUpPublic =
	(lookup: LookupFunction): LookupFunction =>
	(hostname, options, callback) => {
		lookup(hostname, { ...options, all: true }, (error, addresses) => {
			const found = Array.isArray(addresses) ? addresses : [];
			if (!error && !(found.length && found.every(({ address }) => isPublic(address)))) {
				const problem = Object.assign(new Error('address refused'), { code: 'EREFUSEDADDRESS' });
				return callback(problem, [], 4);
			}
			if (error || options.all) return callback(error, found, 4);
			callback(null, found[0]?.address ?? '', found[0]?.family);
		});
	};

/**
 * Requests to addresses that people typed in: to the public internet only, decided on the address at connect time, so that a
 * name cannot lead inside; redirects are answers like others.
 * @param privateHosts names and addresses of the town's own network that may be asked, by http too
 * @param lookup how names are resolved
 */
export function createOutgoing(
	privateHosts: readonly string[],
	lookup: LookupFunction = dns.lookup as LookupFunction,
) {
	const lookupPublic = lookingUpPublic(lookup);
	const trusted = new Set(privateHosts.map((host) => host.toLowerCase()));
	const isTrusted = (url: URL) => trusted.has(bare(url.hostname));

	/** Whether such an address may be kept: https, without a password in it, not plainly inside. */
	function mayAsk(url: URL): boolean {
		if (url.username || url.password) return false;
		if (isTrusted(url)) return url.protocol === 'https:' || url.protocol === 'http:';
		const host = bare(url.hostname);
		return url.protocol === 'https:' && (isIP(host) === 0 ? host.includes('.') : isPublic(host));
	}

	function request(
		url: URL,
		{ method, headers, body, timeoutMilliseconds, mostBytes, cut = false }: OutgoingRequest,
	): Promise<{ ok: true; answer: Answer } | { ok: false; error: OutgoingError }> {
		if (!mayAsk(url)) return Promise.resolve({ ok: false, error: 'address_refused' });
		return new Promise((resolve) => {
			const fail = (error: OutgoingError) => resolve({ ok: false, error });
			const signal = AbortSignal.timeout(timeoutMilliseconds);
			const broken = (error: NodeJS.ErrnoException) => {
				if (signal.aborted) fail('timeout');
				else if (error.code === 'EREFUSEDADDRESS') fail('address_refused');
				else if (/CERT|SSL|TLS|EPROTO|SELF_SIGNED|UNABLE_TO/.test(error.code ?? '')) fail('tls');
				else fail(/REFUSED|NOTFOUND|EAI_|UNREACH/.test(error.code ?? '') ? 'unreachable' : 'broken');
			};
			const options = {
				method,
				signal,
				// A connection of its own: its address is looked at each time.
				agent: false as const,
				headers: {
					'user-agent': 'Parvis',
					...headers,
					...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
				},
				...(!isTrusted(url) && { lookup: lookupPublic }),
			};
			const asked = (url.protocol === 'https:' ? https : http).request(url, options, (response) => {
				const parts: Buffer[] = [];
				let size = 0;
				const done = () =>
					resolve({
						ok: true,
						answer: {
							status: response.statusCode ?? 0,
							body: Buffer.concat(parts).subarray(0, mostBytes),
							contentType: response.headers['content-type'] ?? '',
						},
					});
				response.on('data', (part: Buffer) => {
					parts.push(part);
					size += part.length;
					if (size <= mostBytes) return;
					if (cut) done();
					else fail('too_large');
					response.destroy();
				});
				response.on('end', done);
				response.on('error', broken);
				response.on('close', () => fail('broken'));
			});
			asked.on('error', broken);
			asked.end(body);
		});
	}

	return { mayAsk, request };
}
