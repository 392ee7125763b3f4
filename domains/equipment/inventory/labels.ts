import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import { encode } from 'uqr';
import type { Context } from '../context.ts';
import { mayManage } from '../policies.ts';
import { listDevices } from './devices/listing.ts';
import type { DeviceFilter, Label } from './face.ts';
import { labelUrl } from './rules/kinds.ts';

/** Labels made at once: four sheets of the finest grid would be 260. */
const mostLabels = 500;

/** @see Inventory.labels */
export async function makeLabels(
	context: Context,
	actor: Actor,
	filter: DeviceFilter,
): Promise<Result<{ labels: Label[]; total: number }>> {
	if (!mayManage(actor)) return refuse('platform.not_allowed');
	const list = await listDevices(context, actor, { ...filter, page: 1, pageSize: mostLabels });
	if (!list.ok) return list;
	const { publicUrl } = context.platform.config;
	return ok({
		total: list.value.total,
		labels: list.value.items.map(({ id, tag, serial, model }) => {
			const url = labelUrl(publicUrl, tag);
			return { id, tag, serial, model: `${model.manufacturer} ${model.name}`, url, ...drawCode(url) };
		}),
	});
}

/**
 * A QR code as one SVG path of squares, in modules, with the quiet zone of four modules that ISO/IEC 18004 asks for; error
 * correction M, since labels get scratched.
 */
export function drawCode(text: string): { size: number; path: string } {
	const { data, size } = encode(text, { ecc: 'M', border: 4 });
	let path = '';
	for (const [y, row] of data.entries())
		for (let x = 0; x < size; x++) {
			if (!row[x]) continue;
			let wide = 1;
			while (row[x + wide]) wide++;
			path += `M${x} ${y}h${wide}v1h-${wide}z`;
			x += wide;
		}
	return { size, path };
}
