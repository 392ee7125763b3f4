import type { Item, ProxyView, Seat, SessionState } from '@parvis/council';
import type { SubmitFunction } from '$app/forms';

/** What every part of the desk shows the meeting from. */
export interface DeskData {
	state: SessionState;
	seats: readonly Seat[];
	items: readonly Item[];
	proxies: readonly ProxyView[];
	/** At the clerk's desk; otherwise who presides. */
	clerk: boolean;
	/** Milliseconds that this device's clock is ahead of the server's. */
	ahead: number;
}

export const choices = ['for', 'against', 'abstention', 'not_taking_part'] as const;

/** Sent without leaving the page: the button waits, and what was typed stays when it is refused. */
export const staying: SubmitFunction = ({ submitter }) => {
	submitter?.setAttribute('aria-disabled', 'true');
	return async ({ result, update }) => {
		await update({ reset: result.type === 'success' });
		submitter?.removeAttribute('aria-disabled');
	};
};

/** `1:05`, `-0:12` */
export function clockText(seconds: number): string {
	const whole = Math.abs(Math.trunc(seconds));
	const minutes = Math.trunc(whole / 60);
	return `${seconds <= -1 ? '−' : ''}${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

/** Hear whenever a meeting changes, over lost connections too. @returns call it to hear no more */
export function following(
	meetingId: string,
	changed: () => void,
	connected: (now: boolean) => void,
): () => void {
	const source = new EventSource(`/api/v1/meetings/${meetingId}/changes`);
	source.addEventListener('changed', changed);
	source.onopen = () => {
		connected(true);
		changed();
	};
	source.onerror = () => connected(false);
	return () => source.close();
}
