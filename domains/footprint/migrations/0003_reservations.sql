-- The year of these two is as uncertain as their value.
UPDATE footprint.factor SET
	caveat_fr = 'valeur et année à vérifier ; une benne à ordures consomme davantage',
	caveat_en = 'value and year to be checked; a refuse truck uses more'
WHERE code = 'diesel_truck_km' AND valid_from = '2020-01-01';
UPDATE footprint.factor SET caveat_fr = 'valeur et année à vérifier', caveat_en = 'value and year to be checked'
WHERE code = 'car_km' AND valid_from = '2020-01-01';
