-- Services and categories that most towns have: a start, which each changes on its page.
INSERT INTO operations.service (id, code, name_fr, name_en, position) VALUES
	(gen_random_uuid(), 'cleanliness', 'Propreté', 'Cleanliness', 1),
	(gen_random_uuid(), 'roads', 'Voirie', 'Roads and pavements', 2),
	(gen_random_uuid(), 'lighting', 'Éclairage public', 'Street lighting', 3),
	(gen_random_uuid(), 'green-spaces', 'Espaces verts', 'Parks and trees', 4),
	(gen_random_uuid(), 'buildings', 'Bâtiments', 'Public buildings', 5),
	(gen_random_uuid(), 'water', 'Eau et assainissement', 'Water and drains', 6),
	(gen_random_uuid(), 'technical', 'Services techniques', 'Technical services', 7);

INSERT INTO operations.category (id, code, service_id, name_fr, name_en, icon, public, position)
SELECT gen_random_uuid(), given.code, service.id, given.fr, given.en, given.icon, true, given.position
FROM (VALUES
	('cleaning', 'cleanliness', 'Propreté et déchets', 'Cleanliness and waste', 'broom', 1),
	('street', 'roads', 'Rue et trottoir', 'Street and pavement', 'cone', 2),
	('light', 'lighting', 'Éclairage', 'Lighting', 'lamp', 3),
	('green', 'green-spaces', 'Arbres, parcs et jeux', 'Trees, parks and playgrounds', 'tree', 4),
	('drains', 'water', 'Eau', 'Water', 'drop', 5),
	('building', 'buildings', 'Bâtiment communal', 'Public building', 'building', 6),
	('something', 'technical', 'Autre chose', 'Something else', 'other', 7)
) AS given (code, service, fr, en, icon, position) JOIN operations.service ON service.code = given.service;

INSERT INTO operations.category (id, code, parent_id, service_id, name_fr, name_en, icon, priority, due_hours,
	duration_minutes, public, checklist, skills, position)
SELECT gen_random_uuid(), given.code, parent.id, parent.service_id, given.fr, given.en, parent.icon, given.priority,
	given.due, given.minutes, given.public, given.checklist, given.skills, given.position
FROM (VALUES
	('overflowing-bin', 'cleaning', 'Poubelle ou conteneur qui déborde', 'Overflowing bin or container', 'normal', 48, 20, true, '{}'::text[], '{}'::text[], 1),
	('dumping', 'cleaning', 'Dépôt sauvage', 'Dumped waste', 'normal', 72, 40, true, '{"Photo avant","Photo après"}', '{}', 2),
	('dirty-street', 'cleaning', 'Rue sale, feuilles, verre', 'Dirty street, leaves, glass', 'normal', 72, 30, true, '{}', '{}', 3),
	('graffiti', 'cleaning', 'Tag ou affichage sauvage', 'Graffiti or fly-posting', 'low', 240, 60, true, '{}', '{}', 4),
	('container-fault', 'cleaning', 'Conteneur abîmé ou inaccessible', 'Container damaged or out of reach', 'normal', 96, 30, false, '{}', '{}', 5),
	('pothole', 'street', 'Nid-de-poule', 'Pothole', 'high', 120, 45, true, '{"Baliser","Reboucher","Photo après"}', '{}', 1),
	('pavement', 'street', 'Trottoir abîmé', 'Damaged pavement', 'normal', 240, 60, true, '{}', '{}', 2),
	('obstacle', 'street', 'Obstacle sur la voie', 'Obstacle in the road', 'urgent', 4, 30, true, '{"Baliser"}', '{}', 3),
	('sign', 'street', 'Panneau, feu ou marquage', 'Sign, traffic light or marking', 'normal', 120, 45, true, '{}', '{}', 4),
	('furniture', 'street', 'Banc, barrière, mobilier', 'Bench, railing, furniture', 'low', 360, 45, true, '{}', '{}', 5),
	('lamp-out', 'light', 'Lampadaire éteint', 'Street lamp out', 'normal', 120, 30, true, '{"Vérifier l’alimentation","Remplacer si besoin"}', '{electricity}', 1),
	('lamp-damaged', 'light', 'Lampadaire abîmé ou penché', 'Street lamp damaged or leaning', 'high', 24, 60, true, '{"Mettre en sécurité"}', '{electricity}', 2),
	('lamp-day', 'light', 'Lampadaire allumé en plein jour', 'Street lamp on by day', 'low', 240, 30, true, '{}', '{electricity}', 3),
	('lighting-fault', 'light', 'Défaut du réseau d’éclairage', 'Lighting network fault', 'high', 48, 60, false, '{"Consigner l’armoire","Vérifier le départ","Remettre en service"}', '{electricity}', 4),
	('tree', 'green', 'Arbre ou branche dangereuse', 'Dangerous tree or branch', 'high', 24, 90, true, '{"Baliser"}', '{pruning}', 1),
	('green-care', 'green', 'Espace vert à entretenir', 'Green space to tend', 'low', 336, 60, true, '{}', '{}', 2),
	('playground', 'green', 'Jeu d’enfants abîmé', 'Damaged playground equipment', 'high', 24, 45, true, '{"Fermer le jeu si dangereux","Réparer","Contrôler"}', '{}', 3),
	('leak', 'drains', 'Fuite d’eau', 'Water leak', 'urgent', 6, 60, true, '{}', '{}', 1),
	('drain', 'drains', 'Avaloir bouché, rue inondée', 'Blocked drain, flooded street', 'high', 24, 45, true, '{}', '{}', 2),
	('building-fault', 'building', 'Panne ou dégât', 'Fault or damage', 'normal', 120, 60, true, '{}', '{}', 1),
	('check', 'building', 'Contrôle périodique', 'Periodic check', 'normal', 336, 45, false, '{}', '{}', 2),
	('other', 'something', 'Autre signalement', 'Other report', 'normal', 168, 30, true, '{}', '{}', 1),
	('sensor-fault', 'something', 'Capteur en panne', 'Faulty sensor', 'low', 240, 30, false, '{"Vérifier la pile","Vérifier la pose"}', '{}', 2)
) AS given (code, parent, fr, en, priority, due, minutes, public, checklist, skills, position)
JOIN operations.category parent ON parent.code = given.parent;
