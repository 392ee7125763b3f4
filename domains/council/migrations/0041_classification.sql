-- Day of the list of matters that the prefecture gives its communes, which each transmission names.
ALTER TABLE council.body ADD classification_on date;
