import { optional, type Typed } from './forms.ts';

/** A server of others as its form has it. */
export const open311Server = (typed: Typed) => ({
	name: typed.name ?? '',
	url: typed.url ?? '',
	jurisdiction: optional(typed.jurisdiction),
	apiKey: optional(typed.secretKey),
	enabled: typed.enabled === 'on',
});
