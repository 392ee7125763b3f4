/** The little of oidc-provider that the tests use; it comes without types. */
declare module 'oidc-provider' {
	import type { IncomingMessage, ServerResponse } from 'node:http';

	interface Context {
		path: string;
		body: unknown;
		type: string;
		req: IncomingMessage;
		res: ServerResponse;
		oidc: {
			session: { accountId: string };
			client: { clientId: string };
			requestParamOIDCScopes: Set<string>;
		};
	}

	interface Grant {
		addOIDCScope(scope: string): void;
		save(): Promise<string>;
	}

	export default class Provider {
		constructor(issuer: string, configuration: object);
		Grant: new (of: {
			accountId: string;
			clientId: string;
		}) => Grant;
		callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
		use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
		interactionFinished(
			request: IncomingMessage,
			response: ServerResponse,
			result: { login: { accountId: string; acr: string; amr: readonly string[] } },
		): Promise<void>;
		on(event: string, listener: (...given: never[]) => void): void;
	}
}
