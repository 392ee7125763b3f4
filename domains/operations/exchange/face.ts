import type { Actor, Result } from '@parvis/platform';

/** Where another system is told what happens. */
export interface Webhook {
	id: string;
	url: string;
	description: string;
	/** Names of events, see `Webhooks.events`. */
	events: string[];
	enabled: boolean;
	/** Why it was stopped by itself; null where people stopped it. */
	disabledBecause: 'gone' | 'failing' | null;
	/** Since when nothing was taken. */
	failingSince: Date | null;
	/** Deliveries that wait. */
	waiting: number;
	lastDeliveredAt: Date | null;
	createdAt: Date;
}

export interface WebhookInput {
	url: string;
	description?: string | undefined;
	events: readonly string[];
}

export interface WebhookDelivery {
	/** The `webhook-id` that the receiver sees, the same at each attempt. */
	id: string;
	event: string;
	status: 'waiting' | 'delivered' | 'failed';
	attempts: number;
	/** HTTP status of the last answer. */
	lastStatus: number | null;
	/** `timeout`, `unreachable`, `broken`, `tls`, `address_refused`, `too_large`, `redirect`, `status`. */
	lastError: string | null;
	lastMilliseconds: number | null;
	/** Of the next attempt, while it waits. */
	dueAt: Date;
	createdAt: Date;
	deliveredAt: Date | null;
}

/** Signed messages to other systems, see docs/exchange.md. For managers. */
export interface Webhooks {
	/** Names that may be chosen; their labels are the messages `operations.webhook_event.<name>`. */
	events: readonly string[];
	list(actor: Actor): Promise<Result<Webhook[]>>;
	get(actor: Actor, id: string): Promise<Result<Webhook>>;
	/** `secret` is shown this once. */
	create(actor: Actor, input: WebhookInput): Promise<Result<{ webhook: Webhook; secret: string }>>;
	update(actor: Actor, id: string, input: WebhookInput & { enabled: boolean }): Promise<Result<Webhook>>;
	/** A new secret, shown this once; the former signs beside it for a day. */
	renewSecret(actor: Actor, id: string): Promise<Result<string>>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** Send a message that says it is a test. @returns id of the delivery */
	test(actor: Actor, id: string): Promise<Result<string>>;
	/** Newest first, 50 a page. */
	deliveries(
		actor: Actor,
		id: string,
		page?: number,
	): Promise<Result<{ items: WebhookDelivery[]; total: number; page: number; pageSize: number }>>;
	/** The exact body, for whoever looks for a fault. */
	body(actor: Actor, deliveryId: string): Promise<Result<string>>;
	/** Try again for two days, whatever became of it. */
	resend(actor: Actor, deliveryId: string): Promise<Result<null>>;
}

/** How other applications report here by Open311 GeoReport v2. */
export interface Open311Settings {
	read(): Promise<{ keyRequired: boolean; jurisdiction: string }>;
	/** @param input `jurisdiction` null: the host of our address */
	save(
		actor: Actor,
		input: { keyRequired: boolean; jurisdiction?: string | null | undefined },
	): Promise<Result<null>>;
}

/** A server that takes reports of some categories over. */
export interface Open311Server {
	id: string;
	name: string;
	url: string;
	jurisdiction: string | null;
	hasKey: boolean;
	enabled: boolean;
	/** Of the last answer that made sense. */
	answeredAt: Date | null;
	/** What went wrong since. */
	lastError: string | null;
	/** Categories it takes over, with its own codes. */
	routes: { categoryId: string; category: { fr: string; en: string }; serviceCode: string }[];
	/** Reports passed on, by state. */
	counts: { waiting: number; sent: number; refused: number; failed: number; closed: number };
}

export interface Open311ServerInput {
	name: string;
	/** `https://signalements.example.org/open311/v2` */
	url: string;
	jurisdiction?: string | null | undefined;
	/** Empty or absent: as it was. */
	apiKey?: string | null | undefined;
	enabled: boolean;
}

export interface ForwardedReport {
	reportId: string;
	number: string;
	status: 'waiting' | 'sending' | 'sent' | 'refused' | 'failed' | 'closed';
	/** Its number there. */
	remoteId: string | null;
	remoteStatus: string | null;
	remoteNotes: string | null;
	attempts: number;
	lastError: string | null;
	createdAt: Date;
	sentAt: Date | null;
}

/** Reports of others' concern go to their server, once, and what becomes of them comes back. For managers. */
export interface Forwarding {
	servers(actor: Actor): Promise<Result<Open311Server[]>>;
	/** Create, or change the one of this id. */
	save(actor: Actor, input: Open311ServerInput, id?: string): Promise<Result<string>>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** What the server offers, asked now. */
	services(actor: Actor, id: string): Promise<Result<{ code: string; name: string }[]>>;
	/** Have it take a category over; an empty code: no longer. */
	route(actor: Actor, id: string, categoryId: string, serviceCode: string): Promise<Result<null>>;
	/** The latest hundred. */
	log(actor: Actor, id: string): Promise<Result<ForwardedReport[]>>;
	/** After somebody made sure that it is not there: send it again. */
	resend(actor: Actor, reportId: string): Promise<Result<null>>;
}

export interface Exchange {
	webhooks: Webhooks;
	open311: Open311Settings;
	forwarding: Forwarding;
}
