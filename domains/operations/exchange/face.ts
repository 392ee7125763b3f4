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
	/** `timeout`, `unreachable`, `tls`, `address_refused`, `too_large`, `redirect`, `status`. */
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

export interface Exchange {
	webhooks: Webhooks;
	open311: Open311Settings;
}
