/** The platform as any other system sees it: HTTP with a key. */
export interface Api {
	get(path: string): Promise<unknown>;
	post(path: string, body: string | Uint8Array<ArrayBuffer>, contentType?: string): Promise<unknown>;
	patch(path: string, body: string): Promise<unknown>;
}

const attempts = 6;

export function createApi(baseUrl: string, key: string): Api {
	async function send(
		method: string,
		path: string,
		body: string | Uint8Array<ArrayBuffer> | null,
		contentType: string,
	): Promise<unknown> {
		for (let attempt = 1; ; attempt++) {
			const answer = await fetch(`${baseUrl}/api/v1${path}`, {
				method,
				body,
				headers: {
					authorization: `Bearer ${key}`,
					...(body !== null && { 'content-type': contentType }),
				},
			}).catch((error: Error) => error);
			if (answer instanceof Response && answer.ok) return answer.json();
			const busy = !(answer instanceof Response) || [429, 502, 503, 504].includes(answer.status);
			if (!busy || attempt === attempts) {
				const why =
					answer instanceof Response
						? `${answer.status} ${(await answer.text()).slice(0, 500)}`
						: answer.message;
				throw new Error(`${method} ${path}: ${why}`);
			}
			await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
		}
	}
	return {
		get: (path) => send('GET', path, null, ''),
		post: (path, body, contentType = 'application/json') => send('POST', path, body, contentType),
		patch: (path, body) => send('PATCH', path, body, 'application/json'),
	};
}
